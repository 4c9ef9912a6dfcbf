import { words } from '../i18n';
import type { Store } from '../store';
import { Icon, type IconName } from './Icon';
import { press } from './Listen';

/** Voice calls use the phone icon, because the microphone icon means dictation. */
const icons = { video: 'video', voice: 'call' } as const;

/** The ways to talk to the assistant, each with its name and what it means. */
export function Ways({ store }: { store: Store }) {
  const t = words.value;
  const modes = store.config.value?.modes ?? [];
  const calls = (['voice', 'video'] as const).filter((mode) => store.calls.isOffered(mode));
  const speech = modes.includes('speech');
  const listening = store.speech.module.value?.listening.value ?? false;
  // Chat alone is no choice: the text field is there already.
  if (calls.length === 0 && !speech) return null;
  return (
    <section class="ways" aria-label={t.ways}>
      <Way
        name="chat"
        icon="chat"
        label={t.way_chat}
        hint={t.hint_chat}
        onPress={() => store.show('thread', '.composer textarea')}
      />
      {speech && (
        <Way
          name="listen"
          icon="listen"
          label={t.way_listen}
          hint={listening ? t.listening : t.hint_listen}
          pressed={listening}
          onPress={() => press(store, (module) => module.listen(!listening))}
        />
      )}
      {calls.map((mode) => (
        <Way
          key={mode}
          name={`start-${mode}`}
          icon={icons[mode]}
          label={t[`way_${mode}`]}
          hint={t[`hint_${mode}`]}
          onPress={() => store.prepareCall(mode)}
        />
      ))}
    </section>
  );
}

interface WayProps {
  name: string;
  icon: IconName;
  label: string;
  hint: string;
  pressed?: boolean;
  onPress: () => void;
}

function Way({ name, icon, label, hint, pressed, onPress }: WayProps) {
  return (
    <button type="button" class={`way ${name}`} aria-pressed={pressed} onClick={onPress}>
      <span class="badge-icon">
        <Icon name={icon} />
      </span>
      <span>
        <b>{label}</b> <span class="note">{hint}</span>
      </span>
    </button>
  );
}

/** Says that a call is being prepared, or that its module could not be loaded. */
export function CallLoading({ store }: { store: Store }) {
  const { mode, state } = store.calls.loading.value ?? {};
  const t = words.value;
  return mode && state === 'failed' ? (
    <div class="status" role="alert">
      <span>{t[`loadFailed_${mode}`]}</span>
    </div>
  ) : (
    <span class="hidden" role="status">
      {mode && t[`starting_${mode}`]}
    </span>
  );
}
