import type { Citation } from '../events';
import { fill, words } from '../i18n';
import type { Store } from '../store';

/** A number in an answer that opens the passage it cites. */
export function CitationMark({ number, sources, store }: { number: number; sources: Citation[]; store: Store }) {
  const source = sources.find((candidate) => candidate.number === number);
  if (!source) return null;
  return (
    <button
      type="button"
      class="citation"
      aria-label={`${fill(words.value.source, { n: number })}: ${source.title}`}
      onClick={() => {
        store.source.value = source;
      }}
    >
      {number}
    </button>
  );
}

/** The sources of an answer. */
export function Sources({ citations, store }: { citations: Citation[]; store: Store }) {
  return (
    <ul class="sources" aria-label={words.value.sources}>
      {citations.map((citation) => (
        <li key={citation.number}>
          <button
            type="button"
            class="source-chip"
            onClick={() => {
              store.source.value = citation;
            }}
          >
            <b>{citation.number}</b>
            <span dir="auto">{[...new Set([citation.title, ...citation.headings.slice(-1)])].join(' › ')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
