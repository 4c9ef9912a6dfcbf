import { useEffect, useRef } from 'preact/hooks';
import { fill, words } from '../i18n';
import { maxMessageLength, type Store } from '../store';
import { Icon } from './Icon';
import { Dictate } from './Listen';

export function Composer({ store }: { store: Store }) {
  const t = words.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = store.draft.value;
  const over = draft.trim().length - maxMessageLength;
  const answering = store.thread.currentAnswer.value !== undefined;
  const refused = store.status.value.state === 'refused';

  useEffect(() => {
    if (store.open.value && !store.isRestored) field.current?.focus({ preventScroll: true });
  }, [store.open.value]);

  // Grows with the text, up to the maximum in the style sheet.
  useEffect(() => {
    if (!field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [draft]);

  const send = (): void => {
    if (draft.trim() === '' || over > 0) return;
    store.send(draft);
    store.draft.value = '';
    field.current?.focus();
  };

  const stop = ({ detail }: MouseEvent): void => {
    store.stop();
    // The button disappears. After a key press the focus moves to the text field; after a tap that would open the on-screen keyboard.
    if (detail === 0) field.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir={draft === '' ? (t.dir as 'ltr' | 'rtl') : 'auto'}
          value={draft}
          placeholder={t.placeholder}
          aria-label={t.placeholder}
          aria-invalid={over > 0}
          disabled={refused}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            store.draft.value = currentTarget.value;
          }}
          onKeyDown={(event) => {
            // In Chinese or Japanese, Enter also ends a composition and must not send. Safari reports that only by key code.
            // eslint-disable-next-line @typescript-eslint/no-deprecated
            const composing = event.isComposing || event.keyCode === 229;
            if (event.key !== 'Enter' || event.shiftKey || composing) return;
            event.preventDefault();
            send();
          }}
        />
        <Dictate store={store} />
        {answering ? (
          <button type="button" class="send" aria-label={t.stop} title={t.stop} onClick={stop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button
            type="submit"
            class="send"
            aria-label={t.send}
            title={t.send}
            disabled={draft.trim() === '' || over > 0 || refused}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
      {over > 0 ? (
        <div class="note error" role="alert">
          {fill(t.tooLong, { n: over })}
        </div>
      ) : (
        store.config.value && <div class="note">{t.disclaimer}</div>
      )}
    </form>
  );
}
