/** Dictation by the browser's own speech recognition, which shows what it hears while it hears it. */
import { allowedByPage } from '../media/trouble';
import { longest, patience, silence, type DictationTrouble, type Ear, type EarListener } from './ear';

/** The Web Speech API's, of which TypeScript knows nothing yet. */
interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally?: boolean;
  onstart: (() => void) | null;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
  abort(): void;
}

interface RecognitionClass {
  new (): Recognition;
  available?(wish: { langs: string[]; processLocally: boolean }): Promise<string>;
}

export function recognition(): RecognitionClass | undefined {
  const page = window as { SpeechRecognition?: RecognitionClass; webkitSpeechRecognition?: RecognitionClass };
  return page.SpeechRecognition ?? page.webkitSpeechRecognition;
}

/** Whether the sound need not leave this device. */
export async function onDevice(language: string): Promise<boolean> {
  try {
    return (await recognition()?.available?.({ langs: [language], processLocally: true })) === 'available';
  } catch {
    return false;
  }
}

/** By the names of the specification's errors. */
const troubles: Partial<Record<string, DictationTrouble>> = {
  'no-speech': 'unheard',
  'audio-capture': 'missing',
  network: 'network',
  'not-allowed': 'denied',
  'service-not-allowed': 'service',
  'language-not-supported': 'language',
};

export class RecognitionEar implements Ear {
  readonly #recognition: Recognition | undefined;
  readonly #limit: ReturnType<typeof setTimeout>;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #text = '';
  #trouble: DictationTrouble | undefined;
  #over = false;

  constructor(
    language: string,
    local: boolean,
    private readonly listener: EarListener,
  ) {
    const Recognizer = recognition();
    this.#limit = setTimeout(() => this.finish(), longest);
    if (!Recognizer) {
      this.#recognition = undefined;
      queueMicrotask(() => this.#end('service'));
      return;
    }
    const heard = new Recognizer();
    this.#recognition = heard;
    heard.lang = language;
    // On Android each new piece repeats what was before it.
    heard.continuous = !navigator.userAgent.includes('Android');
    heard.interimResults = true;
    if (local) heard.processLocally = true;
    heard.onstart = () => {
      if (this.#over) return;
      this.#hush(patience);
      listener.hearing();
    };
    heard.onresult = ({ results }) => {
      if (this.#over) return;
      this.#text = Array.from(results, (result) => result[0]?.transcript.trim() ?? '')
        .filter((part) => part !== '')
        .join(' ');
      this.#hush(silence);
      listener.text(this.#text);
    };
    heard.onerror = ({ error }) => {
      if (error !== 'aborted') this.#trouble = troubles[error] ?? 'unknown';
    };
    heard.onend = () => this.#end(this.#text === '' ? (this.#trouble ?? 'unheard') : undefined);
    try {
      heard.start();
    } catch {
      queueMicrotask(() => this.#end('unknown'));
    }
  }

  finish(): void {
    this.#recognition?.stop();
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#limit);
    clearTimeout(this.#quiet);
    this.#recognition?.abort();
  }

  #hush(patience: number): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.finish(), patience);
  }

  #end(trouble: DictationTrouble | undefined): void {
    if (this.#over) return;
    this.stop();
    if (!trouble) this.listener.done(this.#text);
    // A page that forbids it is refused with the same error as by the visitor.
    else this.listener.failed(trouble === 'denied' && !allowedByPage('microphone') ? 'policy' : trouble);
  }
}
