import { useEffect } from 'preact/hooks';
import { words } from '../i18n';
import { unlock, unlockVoice, type Speech } from '../speech';
import type { Store } from '../store';
import { Icon } from './Icon';

/** Has every new answer read aloud, where the tenant offers that. */
export function Listen({ store }: { store: Store }) {
  const t = words.value;
  const { speech } = store;
  const modes = store.config.value?.modes ?? [];
  const offered = modes.includes('speech');
  const on = speech.module.value?.listening.value ?? false;
  const open = store.open.value;

  // Chosen on an earlier page, it is chosen here, too.
  useEffect(() => {
    if (offered && open && store.memory.get().listen) void speech.use((module) => module.listen(true));
  }, [offered, open]);

  // In a call there is enough to hear, and the call has the microphone.
  if (!offered || store.call.value) return null;
  return (
    <button
      type="button"
      class="listen"
      aria-label={t.listenLabel}
      title={t.listenLabel}
      aria-pressed={on}
      onClick={() => press(store, (module) => module.listen(!on))}
    >
      <Icon name="listen" />
      <span>{t.listen}</span>
    </button>
  );
}

/** Reads one answer aloud. */
export function ReadAloud({ messageId, store }: { messageId: string; store: Store }) {
  const t = words.value;
  if (!store.config.value?.modes.includes('speech')) return null;
  const reading = store.speech.module.value?.reading.value === messageId;
  const label = reading ? t.stopReading : t.readAloud;
  return (
    <span class="thumbs">
      <button
        type="button"
        class="read-aloud"
        aria-label={label}
        title={label}
        onClick={() => press(store, (module) => module.read(messageId))}
      >
        <Icon name={reading ? 'stop' : 'listen'} />
      </button>
    </span>
  );
}

function press({ speech }: Store, action: (module: Speech) => void): void {
  // Before the module can have come, and once: what is being said must not wait behind it.
  if (speech.module.value) unlock();
  else unlockVoice();
  void speech.use(action);
}

/** Writes what the visitor says into the field. */
export function Dictate({ store }: { store: Store }) {
  const t = words.value;
  const { dictation } = store;
  const source = store.config.value?.dictation?.source;
  const able =
    source === 'browser'
      ? 'SpeechRecognition' in window || 'webkitSpeechRecognition' in window
      : source === 'server' && 'MediaRecorder' in window;
  if (!able || store.call.value) return null;
  const on = dictation.module.value?.active.value ?? false;
  const label = on ? t.stopDictating : t.dictate;
  return (
    <button
      type="button"
      class={`dictate ${dictation.module.value?.hearing.value ? 'hearing' : ''}`}
      aria-label={label}
      title={label}
      aria-pressed={on}
      disabled={store.status.value.state === 'refused'}
      onClick={() => {
        unlock();
        void dictation.use((module) => module.toggle());
      }}
    >
      <Icon name="voice" />
    </button>
  );
}

/** What the modules for listening and for dictation show, or that one did not come. */
export function SpeechView({ store }: { store: Store }) {
  const [Player, Microphone] = [store.speech.module.value?.View, store.dictation.module.value?.View];
  return (
    <>
      {Player && <Player />}
      {Microphone && <Microphone />}
      {(store.speech.missing.value || store.dictation.missing.value) && (
        <div class="status" role="alert">
          <span>{words.value.speechMissing}</span>
        </div>
      )}
    </>
  );
}
