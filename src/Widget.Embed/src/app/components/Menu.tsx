import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../i18n';
import { isComposing } from '../keys';
import type { Store } from '../store';
import { Icon, type IconName } from './Icon';
import { press } from './Listen';

/** What a visitor can do besides typing. */
export function Menu({ store }: { store: Store }) {
  const t = words.value;
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (open.value) box.current?.querySelector<HTMLElement>('li button')?.focus();
  }, [open.value]);

  const close = (): void => {
    open.value = false;
    opener.current?.focus();
  };
  const move = (step: number): void => {
    const items = [...(box.current?.querySelectorAll<HTMLElement>('li button') ?? [])];
    const at = items.indexOf((box.current?.getRootNode() as ShadowRoot).activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  };
  return (
    <div
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!open.value || (!step && event.key !== 'Escape') || isComposing(event)) return;
        event.preventDefault();
        event.stopPropagation();
        if (step) move(step);
        else close();
      }}
      onFocusOut={({ relatedTarget }) => {
        if (!box.current?.contains(relatedTarget as Node | null)) open.value = false;
      }}
    >
      <button
        type="button"
        class="tool"
        ref={opener}
        aria-label={t.more}
        title={t.more}
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="more" />
      </button>
      {open.value && (
        <ul class="menu-list" tabIndex={-1}>
          {entries(store).map(({ icon, label, className, pressed, act }) => (
            <li key={label}>
              <button
                type="button"
                class={className}
                aria-pressed={pressed}
                onClick={() => {
                  close();
                  act();
                }}
              >
                <Icon name={icon} />
                {label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface Entry {
  icon: IconName;
  label: string;
  className?: string;
  pressed?: boolean;
  act: () => void;
}

function entries(store: Store): Entry[] {
  const t = words.value;
  const config = store.config.value;
  const call = store.call.value;
  const listening = store.speech.module.value?.listening.value ?? false;
  const hasText = store.conversation.value.items.length > 0;
  const list: (Entry | false | undefined)[] = [
    ...(['voice', 'video'] as const).map(
      (mode) =>
        store.calls.isOffered(mode) &&
        call?.mode !== mode && {
          icon: mode === 'video' ? ('video' as const) : ('call' as const),
          label: t[`startCall_${mode}`],
          className: `start-${mode}`,
          act: () => store.prepareCall(mode),
        },
    ),
    config?.modes.includes('speech') &&
      !call &&
      !listening && {
        icon: 'listen',
        label: t.listenToAnswers,
        className: 'listen',
        pressed: false,
        act: () => press(store, (module) => module.listen(true)),
      },
    store.turn.value
      ? { icon: 'chat', label: t.toAssistant, act: () => store.chooseAssistant() }
      : { icon: 'person', label: t.person, act: () => store.openSheet('person') },
    hasText &&
      (config?.transcripts
        ? { icon: 'mail', label: t.emailTranscript, act: () => (store.sheet.value = 'transcript') }
        : {
            icon: 'save',
            label: t.saveTranscript,
            act: () => void store.modules.saveTranscript().then((save) => save(store)),
          }),
    config?.canChooseAgent && { icon: 'person', label: t.chooseAgent, act: () => (store.sheet.value = 'agents') },
    { icon: 'history', label: t.earlier, act: () => (store.sheet.value = 'history') },
    store.host.mode !== 'page' && {
      icon: store.large.value ? 'small' : 'large',
      label: store.large.value ? t.shrink : t.enlarge,
      className: 'resize',
      act: () => (store.large.value = !store.large.value),
    },
    { icon: 'plus', label: t.newConversation, act: () => store.startNewConversation() },
  ];
  return list.filter((entry): entry is Entry => !!entry);
}
