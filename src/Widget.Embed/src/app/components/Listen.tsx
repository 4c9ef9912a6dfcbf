import { useEffect } from 'preact/hooks';
import { words } from '../i18n';
import { unlockAudio, unlockBrowserVoice, type Speech } from '../speech';
import type { Store } from '../store';
import { Icon } from './Icon';

/** Turns reading aloud on again if the visitor turned it on on an earlier page. */
export function useListening(store: Store): void {
  const offered = store.config.value?.modes.includes('speech') ?? false;
  const open = store.open.value;
  useEffect(() => {
    if (offered && open && store.memory.get().listen) void store.speech.use((module) => module.listen(true));
  }, [offered, open]);
}

/** Reads one answer aloud. */
export function ReadAloud({ messageId, store }: { messageId: string; store: Store }) {
  const t = words.value;
  if (!store.config.value?.modes.includes('speech')) return null;
  const reading = store.speech.module.value?.reading.value === messageId;
  const label = reading ? t.stopReading : t.readAloud;
  return (
    <button
      type="button"
      class="small-tool read-aloud"
      aria-label={label}
      title={label}
      onClick={() => press(store, (module) => module.read(messageId))}
    >
      <Icon name={reading ? 'stop' : 'listen'} />
    </button>
  );
}

/** Runs an action of the speech module in a click. */
export function press({ speech }: Store, action: (module: Speech) => void): void {
  // Browsers allow sound only in the click itself, before the module is loaded. Speaking again would delay the current sentence.
  if (speech.module.value) unlockAudio();
  else unlockBrowserVoice();
  void speech.use(action);
}

/** Starts and ends dictation. */
export function Dictate({ store }: { store: Store }) {
  const t = words.value;
  const { dictation } = store;
  const source = store.config.value?.dictation?.source;
  const supported =
    source === 'browser'
      ? 'SpeechRecognition' in window || 'webkitSpeechRecognition' in window
      : source === 'server' && 'MediaRecorder' in window;
  if (!supported || store.call.value) return null;
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
        unlockAudio();
        void dictation.use((module) => module.toggle());
      }}
    >
      <Icon name="voice" />
    </button>
  );
}

/** The bars of the speech and dictation modules, or a message that one could not be loaded. */
export function SpeechView({ store }: { store: Store }) {
  const [Player, Microphone] = [store.speech.module.value?.View, store.dictation.module.value?.View];
  return (
    <>
      {Player && <Player />}
      {Microphone && <Microphone />}
      {(store.speech.loadFailed.value || store.dictation.loadFailed.value) && (
        <div class="status" role="alert">
          <span>{words.value.loadFailed}</span>
        </div>
      )}
    </>
  );
}
