/** A dictation into the text field: first the visitor's consent, then the microphone, then the text. */
import { batch, signal } from '@preact/signals';
import { locale } from '../app/i18n';
import type { DictationHost } from '../app/moduleHost';
import type { DictationError, Recognizer, RecognizerListener } from './recognizer';
import { canRecognizeOnDevice, BrowserRecognizer } from './browserRecognizer';
import { ServerRecognizer } from './serverRecognizer';

export type DictationPhase =
  | 'idle'
  /** The visitor is told who receives the audio. */
  | 'consent'
  /** The browser asks for permission to use the microphone. */
  | 'asking'
  | 'hearing'
  | 'writing';

/** Who receives the audio: only this device, the browser's maker, or a host. */
export type Recipient = 'device' | 'browser' | { host: string };

export class DictationSession {
  readonly phase = signal<DictationPhase>('idle');
  readonly recipient = signal<Recipient>('browser');
  readonly error = signal<DictationError | undefined>(undefined);
  /** The server's explanation of the error. */
  readonly serverMessage = signal<string | undefined>(undefined);
  #recognizer: Recognizer | undefined;
  #attempt = 0;
  /** The text field's content before the dictation. */
  #before = '';
  /** The text field's content as the dictation has set it. */
  #written: string | undefined;

  constructor(private readonly panel: DictationHost) {}

  /** The visitor pressed the microphone. */
  async toggle(): Promise<void> {
    if (this.phase.value === 'hearing') this.#recognizer?.finish();
    else if (this.phase.value !== 'idle') this.cancel();
    else {
      const turn = ++this.#attempt;
      this.#clear();
      this.recipient.value = await this.#recipient();
      if (turn !== this.#attempt) return;
      if (this.panel.memory.get().dictation === consentKey(this.recipient.value)) this.#begin();
      else this.phase.value = 'consent';
    }
  }

  giveConsent(): void {
    this.panel.memory.set({ dictation: consentKey(this.recipient.value) });
    this.#begin();
  }

  /** Stops listening at once. The text stays in the field. */
  cancel(): void {
    this.#attempt++;
    this.#recognizer?.stop();
    this.#recognizer = undefined;
    this.#clear();
  }

  /** The content of the text field has changed. */
  edited(draft: string): void {
    // A visitor who types during a dictation continues by typing.
    if (this.#written !== undefined && draft !== this.#written) this.cancel();
  }

  async #recipient(): Promise<Recipient> {
    const offer = this.panel.config.value?.dictation;
    if (offer?.source === 'server') return { host: offer.recipient ?? new URL(this.panel.host.api).host };
    return (await canRecognizeOnDevice(language())) ? 'device' : 'browser';
  }

  #begin(): void {
    const turn = ++this.#attempt;
    const ifCurrent = (action: () => void): void => {
      if (turn === this.#attempt) batch(action);
    };
    const listener: RecognizerListener = {
      hearing: () => ifCurrent(() => (this.phase.value = 'hearing')),
      text: (text) => ifCurrent(() => this.#setText(text)),
      writing: () => ifCurrent(() => (this.phase.value = 'writing')),
      done: (text) =>
        ifCurrent(() => {
          this.#setText(text);
          this.cancel();
        }),
      failed: (error, serverMessage) =>
        ifCurrent(() => {
          this.cancel();
          this.error.value = error;
          this.serverMessage.value = serverMessage;
        }),
    };
    this.phase.value = 'asking';
    this.#recognizer =
      typeof this.recipient.value === 'object'
        ? new ServerRecognizer((sound, signal) => this.#transcribe(sound, signal), listener)
        : new BrowserRecognizer(language(), this.recipient.value === 'device', listener);
  }

  async #transcribe(sound: Blob, signal: AbortSignal): Promise<string> {
    const response = await this.panel.request(`/api/widget/transcription?locale=${language()}`, sound, { signal });
    return ((await response.json()) as { text: string }).text;
  }

  #setText(text: string): void {
    if (this.#written === undefined) {
      const before = this.panel.draft.value.trimEnd();
      this.#before = before === '' ? '' : `${before} `;
    }
    this.#written = this.#before + text;
    this.panel.draft.value = this.#written;
  }

  #clear(): void {
    batch(() => {
      this.phase.value = 'idle';
      this.error.value = this.serverMessage.value = undefined;
    });
    this.#written = undefined;
  }
}

/** The stored value for consent to a recipient. */
function consentKey(recipient: Recipient): string {
  return typeof recipient === 'object' ? `host:${recipient.host}` : recipient;
}

/** The panel's language, with the visitor's region if the browser knows it. */
function language(): string {
  const panelLocale = locale.peek();
  return navigator.languages.find((tag) => tag.split('-')[0] === panelLocale && tag.includes('-')) ?? panelLocale;
}
