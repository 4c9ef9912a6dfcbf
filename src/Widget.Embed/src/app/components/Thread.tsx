import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { fill, words } from '../i18n';
import type { Store } from '../store';
import { lastMessage } from '../conversation';
import { AssistantMessage, VisitorMessage } from './Messages';
import { CallEventLine, CallSources, SpokenLine } from './Call';

/** The conversation. Scrolls to new content unless the visitor has scrolled up. */
export function Thread({ store }: { store: Store }) {
  const t = words.value;
  const list = useRef<HTMLDivElement>(null);
  // The last scroll position while following new content; NaN while the visitor reads further up.
  const followed = useRef(0);
  const { items } = store.conversation.value;
  const config = store.config.value;
  const tenant = config?.tenantName ?? '';

  const follow = (): void => {
    if (followed.current >= 0 && list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(follow, [items, t, store.awaitingAnswer.value, store.open.value]);
  // A call, a bar or an on-screen keyboard makes the thread shorter. Its end stays visible.
  useEffect(() => {
    const watch = new ResizeObserver(follow);
    if (list.current) watch.observe(list.current);
    return () => watch.disconnect();
  }, []);

  // Always scrolls to the visitor's own messages.
  const own = items.filter(
    (item) => item.kind === 'visitor' || (item.kind === 'spoken' && item.speaker === 'visitor'),
  ).length;
  useEffect(() => {
    followed.current = 0;
    follow();
  }, [own]);

  const ask = (question: string): void => {
    store.send(question);
    // The suggestions disappear, and the focus with them.
    list.current?.focus({ preventScroll: true });
  };

  return (
    <div
      class="thread"
      ref={list}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={t.conversation}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        // Scroll events arrive a frame late. By then the thread may be shorter or its content longer; that is not scrolling up.
        followed.current =
          scrollHeight - scrollTop - clientHeight < 48 || scrollTop >= followed.current ? scrollTop : NaN;
      }}
    >
      {config && (
        <div class="message assistant">
          <div class="bubble" dir="auto">
            <p>{config.greeting ?? fill(t.greeting, { tenant })}</p>
          </div>
        </div>
      )}
      {config && items.length === 0 && config.suggestedQuestions.length > 0 && (
        <ul class="suggestions" aria-label={t.suggestions}>
          {config.suggestedQuestions.map((question) => (
            <li key={question}>
              <button type="button" dir="auto" onClick={() => ask(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
      {items.map((item) => {
        switch (item.kind) {
          case 'visitor':
            return <VisitorMessage key={item.clientId} item={item} store={store} />;
          case 'assistant':
            return <AssistantMessage key={item.messageId} item={item} store={store} />;
          case 'person':
            return (
              <div key={`person-${item.seq}`} class="event" role="status">
                {t.personRequested}
              </div>
            );
          case 'spoken':
            return <SpokenLine key={item.seq} item={item} />;
          case 'sources':
            return <CallSources key={item.seq} item={item} store={store} />;
          case 'call':
            return <CallEventLine key={item.seq} item={item} />;
        }
      })}
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
      <Announcer store={store} />
    </div>
  );
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

function withoutMarkup(markdown: string): string {
  return markdown.replace(/\[\d+\]|[*_`#]/g, '');
}
