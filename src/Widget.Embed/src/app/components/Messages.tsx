import { useState } from 'preact/hooks';
import type { AssistantItem, VisitorItem } from '../conversation';
import type { Rating } from '../events';
import { fill, words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';
import { ReadAloud } from './Listen';
import { Markdown } from './Markdown';
import { CitationMark, Sources } from './Sources';

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
      {waiting && <div class="note">{online ? t.sentLater : t.notSentYet}</div>}
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
  const complete = item.outcome !== undefined;
  // Hides a citation that is only half written.
  const text = complete ? item.text : item.text.replace(/\s?\[\d{0,3}$/, '');
  // An answer that was stopped before its first word still shows that it was stopped.
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
      {item.offersPerson && <ContactOptions store={store} />}
      {complete && (
        <div class="after">
          {item.outcome === 'quoted' && <span class="note">{t.quoted}</span>}
          {item.outcome === 'stopped' && <span class="note">{t.stopped}</span>}
          {text !== '' && <RatingButtons item={item} store={store} />}
          {text !== '' && <ReadAloud messageId={item.messageId} store={store} />}
        </div>
      )}
    </div>
  );
}

/** Ways to reach a person, where the assistant has no answer. */
function ContactOptions({ store }: { store: Store }) {
  const t = words.value;
  const contactUrl = store.config.value?.contactUrl;
  return (
    <>
      <div class="offers">
        <button type="button" class="offer" onClick={() => store.requestPerson()}>
          <Icon name="person" />
          {t.talkToPerson}
        </button>
        {contactUrl && (
          <a class="offer" href={contactUrl} target="_blank" rel="noopener noreferrer">
            <Icon name="out" />
            {t.contact}
          </a>
        )}
      </div>
      {store.personRequested.value && store.status.value.state !== 'online' && (
        <div class="note" role="status">
          {t.notSentYet}
        </div>
      )}
    </>
  );
}

/** Rates an answer. Another click takes the rating back. */
function RatingButtons({ item, store }: { item: AssistantItem; store: Store }) {
  const t = words.value;
  const [given, setGiven] = useState<Rating | undefined>(undefined);
  const rating = given ?? item.rating;
  const rate = (value: Rating): void => {
    const next = rating === value ? 'none' : value;
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
        onClick={() => rate('up')}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        aria-label={t.notHelpful}
        title={t.notHelpful}
        aria-pressed={rating === 'down'}
        onClick={() => rate('down')}
      >
        <Icon name="down" />
      </button>
    </span>
  );
}
