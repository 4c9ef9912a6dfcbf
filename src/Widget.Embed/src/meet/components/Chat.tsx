import { useLayoutEffect, useRef } from 'preact/hooks';
import { isComposing } from '../../app/keys';
import type { Call } from '../call';
import { find, nameOf } from '../roomState';
import { meetWords } from '../words';
import { IconButton } from './IconButton';

const maxLength = 4_000;

/** What is written during the call. */
export function Chat({ call }: { call: Call }) {
  const t = meetWords.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const lines = call.chat.value;
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines.length]);
  useLayoutEffect(() => field.current?.focus(), []);
  const send = (): void => {
    const text = field.current?.value ?? '';
    if (field.current) field.current.value = '';
    void call.say(text);
  };
  return (
    <aside class="side chat" aria-label={t.chat}>
      <header>
        <h2>{t.chat}</h2>
        <IconButton icon="close" label={t.close} class="small" onPress={() => call.openChat(false)} />
      </header>
      <div class="lines" ref={list} role="log" aria-live="polite">
        {lines.length === 0 && <p class="quiet">{t.noMessages}</p>}
        {lines.map((line) => {
          const own = line.from === call.selfId.value;
          return (
            <div class={`line ${own ? 'own' : ''}`} key={line.messageId}>
              <p class="who">
                <bdi>{own ? t.you : line.name || nameOf(find(call.room.value, line.from), t.guest)}</bdi>
                <time dateTime={line.timestamp}>
                  {new Date(line.timestamp).toLocaleTimeString(document.documentElement.lang, {
                    hour: '2-digit',
                    minute: '2-digit',
                  })}
                </time>
              </p>
              <p class="text" dir="auto">
                {line.text}
              </p>
              {line.failed && (
                <p class="error" role="alert">
                  {t.notSent}
                </p>
              )}
            </div>
          );
        })}
      </div>
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={field}
          rows={1}
          maxLength={maxLength}
          aria-label={t.askMessage}
          placeholder={t.askMessage}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="round accent" aria-label={t.send} title={t.send}>
          <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 19V5m-6.5 6.5L12 5l6.5 6.5" />
          </svg>
        </button>
      </form>
    </aside>
  );
}
