import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { lastMessage, type Item } from '../conversation';
import { onResize } from '../follow';
import { fill, words } from '../i18n';
import { withoutMarkup } from '../markdown/plain';
import { addresses } from '../offers';
import type { Store } from '../store';
import { companyTexts } from '../texts';
import { availabilityText, dayOf } from '../times';
import { Icon } from './Icon';
import { AskContact, AssistantMessage, Time, VisitorMessage } from './Messages';
import { Part } from './Part';

/** The conversation. Scrolls to new content unless the visitor has scrolled up. */
export function Thread({ store }: { store: Store }) {
  const t = words.value;
  const list = useRef<HTMLDivElement>(null);
  // Where the thread was scrolled to, and how far it could be scrolled.
  const scroll = useRef({ follows: true, top: 0, max: 0 });
  const [away, setAway] = useState(false);
  const seen = useRef(0);
  const { items } = store.conversation.value;
  const config = store.config.value;
  const texts = config && companyTexts(config);

  const note = (): void => {
    if (!list.current) return;
    scroll.current.top = list.current.scrollTop;
    scroll.current.max = list.current.scrollHeight - list.current.clientHeight;
    setAway(!scroll.current.follows);
  };
  const follow = (): void => {
    if (scroll.current.follows && list.current) list.current.scrollTop = list.current.scrollHeight;
    note();
  };
  const toEnd = (): void => {
    scroll.current.follows = true;
    follow();
  };
  useLayoutEffect(follow, [items, t, store.awaitingAnswer.value, store.open.value]);
  // The end of the thread stays visible.
  useEffect(() => (list.current ? onResize(list.current, follow) : undefined), []);

  // Always scrolls to the visitor's own messages.
  const own = items.filter(
    (item) => item.kind === 'visitor' || (item.kind === 'spoken' && item.speaker === 'visitor'),
  ).length;
  useEffect(toEnd, [own]);
  if (!away) seen.current = items.length;

  const lastOwn = items.findLast((item) => item.kind === 'visitor');
  const read =
    items.slice(items.indexOf(lastOwn as Item) + 1).some((item) => item.kind !== 'people' || item.text !== undefined) ||
    (lastOwn?.seq ?? Infinity) <= (store.presence.value.readSeq ?? 0);
  return (
    <div class="thread-box">
      <div
        class="thread"
        ref={list}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t.conversation}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          // Scroll events arrive a frame late. If the thread moves up while its end stays, the visitor has scrolled.
          const [max, { top, max: maxBefore, follows }] = [scrollHeight - clientHeight, scroll.current];
          if (max - scrollTop < 48) scroll.current.follows = true;
          else if (scrollTop < top - 1 && max >= maxBefore - 1) scroll.current.follows = false;
          else if (follows && list.current) list.current.scrollTop = scrollHeight;
          note();
        }}
      >
        {texts && (
          <div class="message assistant greeting-message">
            <div class="bubble" dir="auto">
              <p>{store.host.opener ?? texts.greeting}</p>
            </div>
          </div>
        )}
        {texts && items.length === 0 && texts.suggestions.length > 0 && (
          <ul class="suggestions" aria-label={t.suggestions}>
            {texts.suggestions.map((question) => (
              <li key={question}>
                <button type="button" dir="auto" onClick={() => store.ask(question)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
        )}
        {items.map((item, i) => [
          <Day key={`day-${item.seq ?? i}`} item={item} before={items[i - 1]} />,
          renderItem(item, store, item === lastOwn, read),
        ])}
        {store.awaitingAnswer.value && store.status.value.state === 'online' && (
          <div class="message assistant">
            <div class="bubble typing" aria-hidden="true">
              <i />
              <i />
              <i />
            </div>
            {store.thread.currentAnswer.value?.slow && <div class="note">{t.slow}</div>}
          </div>
        )}
        {store.asksFirst.value && <Part load={store.modules.preChat} props={{ panel: store }} />}
        {store.turn.value && <Part load={store.modules.presence} props={{ panel: store }} />}
        <Announcer store={store} />
      </div>
      {away && (
        <button type="button" class="to-latest" aria-label={t.toLatest} onClick={toEnd}>
          <Icon name="latest" />
          {items.length > seen.current && <span>{t.newMessages}</span>}
        </button>
      )}
    </div>
  );
}

/** Shows the date where the day changes. */
function Day({ item, before }: { item: Item; before: Item | undefined }) {
  if (!item.at) return null;
  const day = dayOf(item.at);
  if (before && (!before.at || dayOf(before.at) === day)) return null;
  return <div class="day">{day}</div>;
}

function renderItem(item: Item, store: Store, last: boolean, read: boolean) {
  const t = words.value;
  switch (item.kind) {
    case 'visitor':
      return <VisitorMessage key={item.clientId} item={item} store={store} last={last} read={read} />;
    case 'assistant':
      return <AssistantMessage key={item.messageId} item={item} store={store} />;
    case 'person':
      return (
        <div key={`person-${item.seq}`} class="event" role="status">
          <Icon name="check" />
          <span>
            {item.email ? fill(t.personRequestedFrom, { email: item.email }) : t.personRequested}{' '}
            {item.availability && `${availabilityText(item.availability, Date.parse(item.at ?? ''))}.`}
            <Time at={item.at} />
          </span>
        </div>
      );
    case 'contact': {
      const contact = addresses(item);
      return (
        contact && (
          <div key="contact" class="event" role="status">
            <Icon name="check" />
            <span>
              {fill(t.contactKept, { contact })}
              <Time at={item.at} />
            </span>
          </div>
        )
      );
    }
    case 'meeting':
      return <Part key={item.meetingId} load={store.modules.meeting} props={{ panel: store, item }} />;
    case 'people':
      return <Part key={item.seq} load={store.modules.people} props={{ panel: store, item }} />;
    case 'shown':
      return <Part key={item.seq} load={store.modules.shown} props={{ panel: store, item }} />;
    case 'spoken':
    case 'sources':
    case 'call':
      return (
        <Part
          key={item.seq}
          load={store.modules.callLog}
          props={{ panel: store, item, children: <AskContact item={item} store={store} /> }}
        />
      );
  }
}

/** Tells screen readers that an answer is being written, and then the whole answer once. */
function Announcer({ store }: { store: Store }) {
  const t = words.value;
  const agent = store.config.value?.agentName ?? '';
  const last = lastMessage(store.conversation.value);
  let text = '';
  const online = store.status.value.state === 'online';
  if (online && (store.awaitingAnswer.value || store.thread.currentAnswer.value)) {
    text = fill(t.isTyping, { agent });
  } else if (last?.kind === 'assistant' && (last.seq ?? 0) > store.lastKnownSeq.value) {
    text = fill(t.answerReady, { agent });
    // An answer that is read aloud is not announced again.
    if (!store.speech.module.value?.listening.value) text += `: ${withoutMarkup(last.text) || t.stopped}`;
  }
  return (
    <div class="hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
