import { fill, words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';

/** Voice calls use the phone icon, because the microphone icon means dictation. */
const icons = { video: 'video', voice: 'call' } as const;
const modes = ['video', 'voice'] as const;

/** The buttons that start a call. A new call ends the current one. */
export function StartCall({ store }: { store: Store }) {
  const t = words.value;
  const agent = store.config.value?.agentName ?? '';
  const { mode: loading, state } = store.calls.loading.value ?? {};
  return (
    <>
      {modes
        .filter((mode) => store.calls.isOffered(mode) && store.call.value?.mode !== mode)
        .map((mode) => (
          <button
            key={mode}
            type="button"
            class={`start-call start-${mode}`}
            aria-label={fill(t[`startLabel_${mode}`], { agent })}
            title={fill(t[`startLabel_${mode}`], { agent })}
            disabled={store.status.value.state === 'refused'}
            onClick={() => void store.calls.start(mode)}
          >
            <Icon name={icons[mode]} />
            <span>{t[`start_${mode}`]}</span>
          </button>
        ))}
      <span class="hidden" role="status">
        {loading && state === 'loading' && t[`starting_${loading}`]}
      </span>
    </>
  );
}

/** Says that a call module could not be loaded. */
export function CallLoadError({ store }: { store: Store }) {
  const { mode, state } = store.calls.loading.value ?? {};
  if (!mode || state === 'loading') return null;
  return (
    <div class="status" role="alert">
      <span>{words.value[`loadFailed_${mode}`]}</span>
    </div>
  );
}
