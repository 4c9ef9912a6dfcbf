import { fill, words } from '../i18n';
import type { Store } from '../store';
import { Icon } from './Icon';

/** A microphone would be the field's, which writes what is said. */
const icons = { video: 'video', voice: 'call' } as const;
const modes = ['video', 'voice'] as const;

/** Begins a call, in the ways that the tenant offers and the browser can. One ends another. */
export function StartCall({ store }: { store: Store }) {
  const t = words.value;
  const agent = store.config.value?.agentName ?? '';
  const { mode: coming, state } = store.callLoading.value ?? {};
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
        {coming && state === 'loading' && t[`starting_${coming}`]}
      </span>
    </>
  );
}

/** Says that the part of the widget that makes calls did not come. */
export function CallMissing({ store }: { store: Store }) {
  const { mode, state } = store.callLoading.value ?? {};
  if (!mode || state === 'loading') return null;
  return (
    <div class="status" role="alert">
      <span>{words.value[`missing_${mode}`]}</span>
    </div>
  );
}
