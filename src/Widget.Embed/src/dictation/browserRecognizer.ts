/** Dictation by the browser's own speech recognition, which delivers text while the visitor speaks. */
import { isAllowedByPage } from '../media/deviceError';
import {
  endSilence,
  maxDuration,
  startSilence,
  type DictationError,
  type Recognizer,
  type RecognizerListener,
} from './recognizer';

/** SpeechRecognition of the Web Speech API, for which TypeScript has no types yet. */
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
  available?(options: { langs: string[]; processLocally: boolean }): Promise<string>;
}

export function speechRecognition(): RecognitionClass | undefined {
  const page = window as { SpeechRecognition?: RecognitionClass; webkitSpeechRecognition?: RecognitionClass };
  return page.SpeechRecognition ?? page.webkitSpeechRecognition;
}

/** Whether the browser can recognize speech without sending it to a server. */
export async function canRecognizeOnDevice(language: string): Promise<boolean> {
  try {
    return (await speechRecognition()?.available?.({ langs: [language], processLocally: true })) === 'available';
  } catch {
    return false;
  }
}

/** Our errors by the error names of the Web Speech API. */
const errors: Partial<Record<string, DictationError>> = {
  'no-speech': 'no_speech',
  'audio-capture': 'missing',
  network: 'network',
  'not-allowed': 'denied',
  'service-not-allowed': 'service',
  'language-not-supported': 'language',
};

export class BrowserRecognizer implements Recognizer {
  readonly #recognition: Recognition | undefined;
  readonly #durationTimer: ReturnType<typeof setTimeout>;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #text = '';
  #error: DictationError | undefined;
  #over = false;

  constructor(
    language: string,
    local: boolean,
    private readonly listener: RecognizerListener,
  ) {
    const SpeechRecognition = speechRecognition();
    this.#durationTimer = setTimeout(() => this.finish(), maxDuration);
    if (!SpeechRecognition) {
      this.#recognition = undefined;
      queueMicrotask(() => this.#end('service'));
      return;
    }
    const recognition = new SpeechRecognition();
    this.#recognition = recognition;
    recognition.lang = language;
    // On Android each result of a continuous recognition repeats the ones before.
    recognition.continuous = !navigator.userAgent.includes('Android');
    recognition.interimResults = true;
    if (local) recognition.processLocally = true;
    recognition.onstart = () => {
      if (this.#over) return;
      this.#finishAfter(startSilence);
      listener.hearing();
    };
    recognition.onresult = ({ results }) => {
      if (this.#over) return;
      const parts: string[] = [];
      // eslint-disable-next-line @typescript-eslint/prefer-for-of -- The results have indices only.
      for (let i = 0; i < results.length; i++) parts.push(results[i]?.[0]?.transcript.trim() ?? '');
      this.#text = parts.filter(Boolean).join(' ');
      this.#finishAfter(endSilence);
      listener.text(this.#text);
    };
    recognition.onerror = ({ error }) => {
      if (error !== 'aborted') this.#error = errors[error] ?? 'unknown';
    };
    recognition.onend = () => this.#end(this.#text === '' ? (this.#error ?? 'no_speech') : undefined);
    try {
      recognition.start();
    } catch {
      queueMicrotask(() => this.#end('unknown'));
    }
  }

  finish(): void {
    this.#recognition?.stop();
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#durationTimer);
    clearTimeout(this.#silenceTimer);
    this.#recognition?.abort();
  }

  #finishAfter(milliseconds: number): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.finish(), milliseconds);
  }

  #end(error: DictationError | undefined): void {
    if (this.#over) return;
    this.stop();
    if (!error) this.listener.done(this.#text);
    // If the page's permissions policy forbids the microphone, the error is the same as if the visitor had denied it.
    else this.listener.failed(error === 'denied' && !isAllowedByPage('microphone') ? 'policy' : error);
  }
}
