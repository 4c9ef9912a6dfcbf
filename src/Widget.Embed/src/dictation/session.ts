/** Dictation into the field: first the word on where the sound goes, then the microphone, then the text. */
import { batch, signal } from '@preact/signals';
import { locale } from '../app/i18n';
import type { DictationHost } from '../app/moduleHost';
import type { DictationTrouble, Ear, EarListener } from './ear';
import { onDevice, RecognitionEar } from './recognition';
import { RecorderEar } from './recorder';

export type DictationPhase =
  | 'idle'
  /** The visitor is told where the sound goes. */
  | 'consent'
  /** The browser asks for the microphone. */
  | 'asking'
  | 'hearing'
  | 'writing';

/** Who receives the sound: nobody, the browser's maker, or a host. */
export type Recipient = 'device' | 'browser' | { host: string };

export class Session {
  readonly phase = signal<DictationPhase>('idle');
  readonly recipient = signal<Recipient>('browser');
  readonly trouble = signal<DictationTrouble | undefined>(undefined);
  /** What the server says of the trouble. */
  readonly problem = signal<string | undefined>(undefined);
  #ear: Ear | undefined;
  #turn = 0;
  /** What stood in the field before, and what we have put there. */
  #before = '';
  #written: string | undefined;

  constructor(private readonly panel: DictationHost) {}

  /** The visitor pressed the microphone. */
  async toggle(): Promise<void> {
    if (this.phase.value === 'hearing') this.#ear?.finish();
    else if (this.phase.value !== 'idle') this.cancel();
    else {
      const turn = ++this.#turn;
      this.#clear();
      this.recipient.value = await this.#recipient();
      if (turn !== this.#turn) return;
      if (this.panel.memory.get().dictation === agreed(this.recipient.value)) this.#begin();
      else this.phase.value = 'consent';
    }
  }

  goOn(): void {
    this.panel.memory.set({ dictation: agreed(this.recipient.value) });
    this.#begin();
  }

  /** Hears no more, at once; what stands in the field stays there. */
  cancel(): void {
    this.#turn++;
    this.#ear?.stop();
    this.#ear = undefined;
    this.#clear();
  }

  /** The field has changed. */
  edited(draft: string): void {
    // Who writes while they are heard goes on in writing. A recording changes nothing in the field before it is over.
    if (this.#written !== undefined && draft !== this.#written) this.cancel();
  }

  async #recipient(): Promise<Recipient> {
    const offer = this.panel.config.value?.dictation;
    if (offer?.source === 'server') return { host: offer.recipient ?? new URL(this.panel.host.api).host };
    return (await onDevice(language())) ? 'device' : 'browser';
  }

  #begin(): void {
    const turn = ++this.#turn;
    const ours = (does: () => void): void => {
      if (turn === this.#turn) batch(does);
    };
    const listener: EarListener = {
      hearing: () => ours(() => (this.phase.value = 'hearing')),
      text: (text) => ours(() => this.#write(text)),
      writing: () => ours(() => (this.phase.value = 'writing')),
      done: (text) =>
        ours(() => {
          this.#write(text);
          this.cancel();
        }),
      failed: (trouble, problem) =>
        ours(() => {
          this.cancel();
          this.trouble.value = trouble;
          this.problem.value = problem;
        }),
    };
    this.phase.value = 'asking';
    this.#ear =
      typeof this.recipient.value === 'object'
        ? new RecorderEar((sound, signal) => this.#transcribe(sound, signal), listener)
        : new RecognitionEar(language(), this.recipient.value === 'device', listener);
  }

  async #transcribe(sound: Blob, signal: AbortSignal): Promise<string> {
    const response = await this.panel.request(`/api/widget/transcription?locale=${language()}`, sound, { signal });
    return ((await response.json()) as { text: string }).text;
  }

  #write(text: string): void {
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
      this.trouble.value = this.problem.value = undefined;
    });
    this.#written = undefined;
  }
}

function agreed(recipient: Recipient): string {
  return typeof recipient === 'object' ? `host:${recipient.host}` : recipient;
}

/** The panel's language, as spoken where the visitor is. */
function language(): string {
  const spoken = locale.peek();
  return navigator.languages.find((tag) => tag.split('-')[0] === spoken && tag.includes('-')) ?? spoken;
}
