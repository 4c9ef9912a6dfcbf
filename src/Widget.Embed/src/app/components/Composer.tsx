import { useEffect, useRef, useState } from 'preact/hooks';
import { fill, words } from '../i18n';
import { isComposing } from '../keys';
import { maxMessageLength, type Store } from '../store';
import { Icon } from './Icon';
import { Dictate } from './Listen';
import { Part } from './Part';

/** Devices with an on-screen keyboard. */
const touch = matchMedia('(pointer: coarse)');

function shadowOf(element: HTMLElement | null): ShadowRoot | undefined {
  return element?.getRootNode() as ShadowRoot | undefined;
}

/** The text field, on Home and in the conversation. */
export function Composer({ store }: { store: Store }) {
  const t = words.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const person = store.turn.value?.name;
  const placeholder = person ? t.writeMessage : t.placeholder;
  const draft = store.draft.value;
  const attached = store.attached.value;
  const empty = (draft.trim() === '' && attached.length === 0) || attached.some(({ id }) => !id);
  const over = draft.trim().length - maxMessageLength;
  const answering = store.thread.currentAnswer.value !== undefined;
  const refused = store.status.value.state === 'refused';

  const [emoji, setEmoji] = useState(false);
  const home = store.view.value === 'home';

  useEffect(() => {
    if (!store.open.value || store.isRestored) return;
    // An on-screen keyboard would cover Home.
    const target = home && touch.matches ? shadowOf(field.current)?.querySelector<HTMLElement>('.home') : field.current;
    target?.focus({ preventScroll: true });
  }, [store.open.value, store.config.value === undefined]);

  // Grows with the text, up to the maximum in the style sheet.
  useEffect(() => {
    if (!field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [draft]);

  const send = (): void => {
    if (empty || over > 0) return;
    store.send(draft);
    store.draft.value = '';
    field.current?.focus();
  };

  const insert = (text: string): void => {
    setEmoji(false);
    if (!field.current) return;
    const { selectionStart, selectionEnd } = field.current;
    // Puts the caret behind the text.
    field.current.setRangeText(text, selectionStart, selectionEnd, 'end');
    store.draft.value = field.current.value;
    field.current.focus();
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
      {emoji && (
        <Part
          load={store.modules.emoji}
          props={{
            panel: store,
            onChoose: insert,
            close: () => {
              setEmoji(false);
              field.current?.focus();
            },
          }}
        />
      )}
      <div class="field">
        {store.turn.value && store.config.value?.attachments && (
          <Part load={store.modules.attach} props={{ panel: store }} />
        )}
        <textarea
          ref={field}
          rows={1}
          dir={draft === '' ? (t.dir as 'ltr' | 'rtl') : 'auto'}
          value={draft}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-invalid={over > 0}
          disabled={refused}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            store.draft.value = currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="button"
          class="emoji"
          aria-label={t.emoji}
          title={t.emoji}
          aria-expanded={emoji}
          disabled={refused}
          onClick={() => setEmoji(!emoji)}
        >
          <Icon name="smile" />
        </button>
        <Dictate store={store} />
        {answering ? (
          <button type="button" class="send" aria-label={t.stop} title={t.stop} onClick={stop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button type="submit" class="send" aria-label={t.send} title={t.send} disabled={empty || over > 0 || refused}>
            <Icon name="send" />
          </button>
        )}
      </div>
      {over > 0 ? (
        <div class="note error" role="alert">
          {fill(t.tooLong, { n: over })}
        </div>
      ) : (
        store.config.value && !person && <div class="note">{t.disclaimer}</div>
      )}
    </form>
  );
}
