import { useState } from 'preact/hooks';
import type { AssistantItem, VisitorItem } from '../conversation';
import type { Citation, Rating } from '../events';
import { fill, words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';
import { ReadAloud } from './Listen';
import { Markdown } from './Markdown';

export function VisitorMessage({ item, store }: { item: VisitorItem; store: Store }) {
  const t = words.value;
  const online = store.status.value.state === 'online';
  const waiting = item.seq === undefined && !item.refused && (store.busy.value || !online);
  return (
    <div class="message visitor">
      <span class="hidden">{t.you}: </span>
      <div class="bubble" dir="auto">
        {item.text}
      </div>
      {waiting && <div class="note">{online ? t.busyMessage : t.waiting}</div>}
      {item.refused && (
        <div class="note error" role="alert">
          {fill(t.notSent, { reason: item.refused })}
        </div>
      )}
    </div>
  );
}

export function AssistantMessage({ item, store }: { item: AssistantItem; store: Store }) {
  const t = words.value;
  const config = store.config.value;
  const complete = item.outcome !== undefined;
  // While it is written, half a citation would flicker as text.
  const text = complete ? item.text : item.text.replace(/\s?\[\d{0,3}$/, '');
  // Stopped before its first word, it is still an answer to a question.
  if (text === '' && item.outcome !== 'stopped') return null;
  const cited = complete ? item.citations : [];
  return (
    <div class={`message assistant ${complete ? '' : 'streaming'}`} data-message={item.messageId}>
      {text !== '' && (
        <div class="bubble" dir="auto">
          <Markdown
            text={text}
            cite={(number) => <CitationMark number={number} sources={item.citations} store={store} />}
          />
        </div>
      )}
      {cited.length > 0 && <Sources citations={cited} store={store} />}
      {item.offersPerson && (
        <div class="offers">
          <button type="button" class="offer" onClick={() => store.requestPerson()}>
            <Icon name="person" />
            {t.person}
          </button>
          {config?.contactUrl && (
            <a class="offer" href={config.contactUrl} target="_blank" rel="noopener noreferrer">
              <Icon name="out" />
              {t.contact}
            </a>
          )}
        </div>
      )}
      {item.offersPerson && store.personAsked.value && store.status.value.state !== 'online' && (
        <div class="note" role="status">
          {t.waiting}
        </div>
      )}
      {complete && (
        <div class="after">
          {item.outcome === 'quoted' && <span class="note">{t.quoted}</span>}
          {item.outcome === 'stopped' && <span class="note">{t.stopped}</span>}
          {text !== '' && <Thumbs item={item} store={store} />}
          {text !== '' && <ReadAloud messageId={item.messageId} store={store} />}
        </div>
      )}
    </div>
  );
}

function CitationMark({ number, sources, store }: { number: number; sources: Citation[]; store: Store }) {
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
            <span dir="auto">{[citation.title, ...citation.headings.slice(-1)].filter(unique).join(' › ')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Thumbs({ item, store }: { item: AssistantItem; store: Store }) {
  const t = words.value;
  const [given, setGiven] = useState<Rating | undefined>(undefined);
  const rating = given ?? item.rating;
  const give = (wish: Rating): void => {
    const next = rating === wish ? 'none' : wish;
    setGiven(next);
    store.rate(item.messageId, next);
  };
  return (
    <span class="thumbs">
      <button
        type="button"
        aria-label={t.helpful}
        title={t.helpful}
        aria-pressed={rating === 'up'}
        onClick={() => give('up')}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        aria-label={t.notHelpful}
        title={t.notHelpful}
        aria-pressed={rating === 'down'}
        onClick={() => give('down')}
      >
        <Icon name="down" />
      </button>
    </span>
  );
}

function unique(value: string, index: number, all: string[]): boolean {
  return all.indexOf(value) === index;
}
