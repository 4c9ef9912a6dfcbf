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
  const { mode: loading, state } = store.callLoading.value ?? {};
  return (
    <>
      {modes
        .filter((mode) => store.offers(mode) && store.call.value?.mode !== mode)
        .map((mode) => (
          <button
            key={mode}
            type="button"
            class={`start-call start-${mode}`}
            aria-label={fill(t[`label_${mode}`], { agent })}
            title={fill(t[`label_${mode}`], { agent })}
            disabled={store.status.value.state === 'refused'}
            onClick={() => void store.startCall(mode)}
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
export function CallMissing({ store }: { store: Store }) {
  const { mode, state } = store.callLoading.value ?? {};
  if (!mode || state === 'loading') return null;
  return (
    <div class="status" role="alert">
      <span>{words.value[`missing_${mode}`]}</span>
    </div>
  );
}
