import { useState } from 'preact/hooks';
import type { AssistantItem, Item, VisitorItem } from '../conversation';
import type { Rating } from '../events';
import { fill, isolate, words } from '../i18n';
import type { Store } from '../store';
import { offersBelow, type ContactQuestion } from '../offers';
import { fullTime, timeOf } from '../times';
import { Icon } from './Icon';
import { ReadAloud } from './Listen';
import { Markdown } from './Markdown';
import { Part } from './Part';
import { CitationMark, numbered, Sources } from './Sources';

/** The time of a message; the whole date on hover and for screen readers. */
export function Time({ at }: { at: string | undefined }) {
  return at === undefined ? null : (
    <time class="time" dateTime={at} title={fullTime(at)}>
      {timeOf(at)}
    </time>
  );
}

interface ItemProps {
  item: { seq?: number };
  store: Store;
}

/** The question whether to keep an address, if it is asked below this item. */
function askedBelow({ seq }: ItemProps['item'], { contactQuestion: { value } }: Store): ContactQuestion | undefined {
  return value?.seq === seq ? value : undefined;
}

interface VisitorProps {
  item: VisitorItem;
  store: Store;
  /** Whether the message is the visitor's last one. Only the last one shows whether it was sent and read. */
  last: boolean;
  /** The assistant has begun to answer. */
  read: boolean;
}

export function VisitorMessage({ item, store, last, read }: VisitorProps) {
  const t = words.value;
  const online = store.status.value.state === 'online';
  const unsent = item.seq === undefined && !item.refused;
  const waiting = unsent && (store.busy.value || !online);
  return (
    <div class="message visitor">
      <span class="hidden">{t.you}: </span>
      {item.text && (
        <div class="bubble" dir="auto">
          {item.text}
        </div>
      )}
      {!!item.attachments?.length && (
        <Part load={store.modules.files} props={{ panel: store, files: item.attachments }} />
      )}
      {waiting ? (
        <div class="note">{online ? t.sentLater : t.notSentYet}</div>
      ) : item.refused ? (
        <div class="note error" role="alert">
          {fill(t.notSent, { reason: isolate(item.refused) })}
        </div>
      ) : (
        <div class={`meta ${last ? '' : 'quiet'}`}>
          <Time at={item.at} />
          {last && <span class="state">{read ? t.read : unsent ? t.sending : t.sent}</span>}
        </div>
      )}
      <AskContact item={item} store={store} />
    </div>
  );
}

/** Asks whether to keep the address in what the visitor has written or said. */
export function AskContact({ item, store }: ItemProps) {
  const question = askedBelow(item, store);
  return question ? <Part load={store.modules.contact} props={{ panel: store, question }} /> : null;
}

export function AssistantMessage({ item, store }: { item: AssistantItem; store: Store }) {
  const t = words.value;
  const complete = item.outcome !== undefined;
  // Hides a citation that is only half written.
  const text = complete ? item.text : item.text.replace(/\s?\[\d{0,3}$/, '');
  // An answer that was stopped before its first word still shows that it was stopped.
  if (text === '' && item.outcome !== 'stopped') return null;
  const cited = complete ? item.citations : [];
  const numbers = numbered(item.text, item.citations);
  const labels: Partial<Record<string, string>> = {
    quoted: t.quoted,
    suggested: t.mightHelp,
    stopped: t.stopped,
  };
  const label = item.outcome && labels[item.outcome];
  const conversation = store.conversation.value;
  const hasOffers = !!askedBelow(item, store) || offersBelow(conversation, item).length > 0;
  return (
    <div class={`message assistant ${complete ? item.outcome : 'streaming'}`} data-message={item.messageId}>
      {label && <span class="note label">{label}</span>}
      {text !== '' && (
        <div class="bubble" dir="auto">
          <Markdown
            text={text}
            cite={(number) => {
              const found = numbers.find(({ citation }) => citation.number === number);
              return found ? <CitationMark {...found} store={store} /> : null;
            }}
          />
        </div>
      )}
      {cited.length > 0 && <Sources text={item.text} citations={cited} store={store} />}
      {hasOffers && (
        <Part
          load={store.modules.offers}
          props={{ panel: store, answer: item, question: questionOf(item, conversation.items) }}
        />
      )}
      {complete && <Actions item={item} store={store} />}
    </div>
  );
}

/** The time of an answer, and its buttons. A second click on a rating removes it. */
function Actions({ item, store }: { item: AssistantItem; store: Store }) {
  const t = words.value;
  const [given, setGiven] = useState<Rating | undefined>(undefined);
  const [asks, setAsks] = useState(false);
  const rating = given ?? item.rating;
  const rate = (value: Rating): void => {
    const next = rating === value ? 'none' : value;
    setGiven(next);
    setAsks(next === 'down');
    store.rate(item.messageId, next);
  };
  const button = (value: 'up' | 'down', label: string) => (
    <button
      type="button"
      class="small-tool"
      aria-label={label}
      title={label}
      aria-pressed={rating === value}
      onClick={() => rate(value)}
    >
      <Icon name={value} />
    </button>
  );
  return (
    <>
      <div class="after">
        <Time at={item.at} />
        {item.text !== '' && (
          <>
            <Copy item={item} />
            <ReadAloud messageId={item.messageId} store={store} />
            {button('up', t.helpful)}
            {button('down', t.notHelpful)}
          </>
        )}
      </div>
      {asks && (
        <Part
          load={store.modules.reasons}
          props={{
            panel: store,
            messageId: item.messageId,
            question: questionOf(item, store.conversation.value.items),
          }}
        />
      )}
    </>
  );
}

/** Copies the answer without its citation marks, with the addresses of its sources. */
function Copy({ item }: { item: AssistantItem }) {
  const t = words.value;
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const sources = item.citations.flatMap(({ title, url }) => (url ? [`${title}: ${url}`] : []));
    const text = item.text.replace(/\s?\[\d+\]/g, '');
    try {
      await navigator.clipboard.writeText([text, ...sources].join('\n\n'));
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // The page doesn't allow it.
    }
  };
  // Pages without TLS have no clipboard.
  if (!('clipboard' in navigator)) return null;
  return (
    <>
      <button
        type="button"
        class="small-tool copy"
        aria-label={t.copy}
        title={copied ? t.copied : t.copy}
        onClick={() => void copy()}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </button>
      <span class="hidden" role="status">
        {copied && t.copied}
      </span>
    </>
  );
}

/** The visitor's message before an answer. */
function questionOf(answer: AssistantItem, items: readonly Item[]): string {
  const before = items.slice(0, Math.max(0, items.indexOf(answer)));
  const question = before.findLast((item) => item.kind === 'visitor');
  return question?.kind === 'visitor' ? question.text : '';
}
