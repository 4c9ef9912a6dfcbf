import { useState } from 'preact/hooks';
import type { Citation } from '../events';
import { fill, words } from '../i18n';
import { safeUrl } from '../markdown/links';
import type { PanelHost } from '../moduleHost';
import { Icon } from './Icon';

type SourceHost = Pick<PanelHost, 'source'>;

/** More sources are shown on request. */
const shownAtFirst = 3;

/**
 * The citations with the numbers that the visitor sees: from 1, in the order in which the text first cites them. What the text does not
 * cite comes last. The server's numbers count everything that it looked up.
 */
export function numbered(text: string, citations: readonly Citation[]): { shown: number; citation: Citation }[] {
  const place = (number: number): number => {
    const found = text.indexOf(`[${number}]`);
    return found < 0 ? text.length : found;
  };
  return [...citations]
    .sort((a, b) => place(a.number) - place(b.number))
    .map((citation, i) => ({ shown: i + 1, citation }));
}

/** A number in an answer that opens the passage it cites. */
export function CitationMark({ shown, citation, store }: { shown: number; citation: Citation; store: SourceHost }) {
  return (
    <button
      type="button"
      class="citation"
      aria-label={`${fill(words.value.source, { n: shown })}: ${citation.title}`}
      onClick={() => open(store, citation, shown)}
    >
      {shown}
    </button>
  );
}

/** The sources of an answer: number, title, and where on the page or site. */
export function Sources({ text, citations, store }: { text: string; citations: Citation[]; store: SourceHost }) {
  const t = words.value;
  const [all, setAll] = useState(false);
  const list = numbered(text, citations);
  return (
    <div class="sources-box">
      <ol class="sources" aria-label={t.sources}>
        {list.slice(0, all ? undefined : shownAtFirst).map(({ shown, citation }) => (
          <li key={citation.number}>
            <button type="button" class="source-chip" onClick={() => open(store, citation, shown)}>
              <b>{shown}</b>
              <span class="by-panel" dir="auto">
                <span>{citation.title}</span>
                {placeOf(citation) && <span class="note">{placeOf(citation)}</span>}
              </span>
              <Icon name="next" />
            </button>
          </li>
        ))}
      </ol>
      {!all && list.length > shownAtFirst && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {fill(t.allSources, { n: list.length })}
        </button>
      )}
    </div>
  );
}

/** The section or page of the document, or the site. */
function placeOf({ title, headings, page, url }: Citation): string {
  const section = headings.findLast((heading) => heading !== title);
  const site = url && safeUrl(url) ? new URL(url, location.href).hostname : '';
  return [section, page === null ? undefined : fill(words.value.page, { n: page })].filter(Boolean).join(' · ') || site;
}

function open(store: SourceHost, citation: Citation, shown: number): void {
  store.source.value = { ...citation, number: shown };
}
