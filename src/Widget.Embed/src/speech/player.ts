/** Reads one answer at a time aloud, with the server's voice or the browser's. */
import { batch, signal } from '@preact/signals';
import type { Phase, TextRange, Reading, ReadingListener, Settings, SpeechError } from './model';

/** Loads a voice and starts reading an answer from a position on. */
export type Voice = (
  messageId: string,
  settings: Readonly<Settings>,
  listener: ReadingListener,
  from: number,
) => Promise<Reading>;

export class Player {
  readonly phase = signal<Phase>('idle');
  readonly messageId = signal<string | undefined>(undefined);
  readonly sentence = signal<TextRange | undefined>(undefined);
  readonly word = signal<TextRange | undefined>(undefined);
  readonly error = signal<SpeechError | undefined>(undefined);
  readonly rate = signal(1);
  readonly muted = signal(false);
  readonly #settings: Settings = { rate: 1, muted: false };
  #reading: Reading | undefined;
  /** Increases with each reading, so that calls from an earlier one are ignored. */
  #turn = 0;

  /** @param voices The best first. If one fails, the next continues. */
  constructor(
    private readonly voices: () => readonly Voice[],
    rate = 1,
  ) {
    this.rate.value = this.#settings.rate = rate;
  }

  read(messageId: string): void {
    this.stop();
    this.messageId.value = messageId;
    void this.#begin(messageId, [...this.voices()], 0);
  }

  toggle(): void {
    if (this.phase.value === 'paused') {
      this.error.value = undefined;
      this.phase.value = this.sentence.value ? 'speaking' : 'waiting';
      this.#reading?.resume();
    } else {
      this.phase.value = 'paused';
      this.#reading?.pause();
    }
  }

  skip(): void {
    this.error.value = undefined;
    this.phase.value = 'waiting';
    this.#reading?.skip();
  }

  setRate(rate: number): void {
    this.rate.value = this.#settings.rate = rate;
    this.#reading?.changed();
  }

  toggleMute(): void {
    this.muted.value = this.#settings.muted = !this.muted.value;
    this.#reading?.changed();
  }

  /** Stops at once. */
  stop(): void {
    this.#turn++;
    this.#reading?.stop();
    this.#reading = undefined;
    this.#reset();
  }

  /** Stops and shows why there is no sound. */
  fail(error: SpeechError): void {
    this.stop();
    this.error.value = error;
  }

  async #begin(messageId: string, voices: Voice[], from: number, firstError?: SpeechError): Promise<void> {
    const voice = voices.shift();
    if (!voice) {
      this.fail(firstError ?? 'failed');
      return;
    }
    const turn = ++this.#turn;
    const ifCurrent = (action: () => void): void => {
      if (turn === this.#turn) batch(action);
    };
    this.#reading = undefined;
    if (this.phase.value === 'idle') this.phase.value = 'waiting';
    const listener: ReadingListener = {
      spoken: (sentence, word) =>
        ifCurrent(() => {
          if (this.phase.value !== 'paused') this.phase.value = sentence ? 'speaking' : 'waiting';
          this.sentence.value = sentence;
          this.word.value = word;
        }),
      blocked: () =>
        ifCurrent(() => {
          this.phase.value = 'paused';
          this.error.value = 'blocked';
        }),
      done: () => ifCurrent(() => this.stop()),
      // If every voice fails, the visitor sees the first one's problem.
      failed: (error, at) => ifCurrent(() => void this.#begin(messageId, voices, at, firstError ?? error)),
    };
    try {
      const reading = await voice(messageId, this.#settings, listener, from);
      if (turn !== this.#turn) reading.stop();
      else this.#reading = reading;
      // The visitor may have paused while the voice was loading.
      if (this.phase.value === 'paused' && !this.error.value) reading.pause();
    } catch {
      listener.failed('failed', from);
    }
  }

  #reset(): void {
    batch(() => {
      this.phase.value = 'idle';
      this.messageId.value = this.sentence.value = this.word.value = this.error.value = undefined;
      this.muted.value = this.#settings.muted = false;
    });
  }
}
