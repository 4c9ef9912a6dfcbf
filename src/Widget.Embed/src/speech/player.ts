/** What is being read aloud, and how: one answer at a time, by the server's voice or the browser's. */
import { batch, signal } from '@preact/signals';
import type { Phase, Place, Reading, ReadingListener, Settings, VoiceTrouble } from './model';

/** Begins to read an answer, from a place in it on, once the voice's own part of the module has come. */
export type Voice = (
  messageId: string,
  settings: Readonly<Settings>,
  listener: ReadingListener,
  from: number,
) => Promise<Reading>;

export class Player {
  readonly phase = signal<Phase>('idle');
  readonly messageId = signal<string | undefined>(undefined);
  readonly sentence = signal<Place | undefined>(undefined);
  readonly word = signal<Place | undefined>(undefined);
  readonly trouble = signal<VoiceTrouble | undefined>(undefined);
  readonly rate = signal(1);
  readonly muted = signal(false);
  readonly #settings: Settings = { rate: 1, muted: false };
  #reading: Reading | undefined;
  /** Counts readings, so that one that is over is not listened to. */
  #turn = 0;

  /** @param voices The best first; where one fails, the next goes on. */
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
      this.trouble.value = undefined;
      this.phase.value = this.sentence.value ? 'speaking' : 'waiting';
      this.#reading?.resume();
    } else {
      this.phase.value = 'paused';
      this.#reading?.pause();
    }
  }

  skip(): void {
    this.trouble.value = undefined;
    this.phase.value = 'waiting';
    this.#reading?.skip();
  }

  setRate(rate: number): void {
    this.rate.value = this.#settings.rate = rate;
    this.#reading?.changed();
  }

  mute(): void {
    this.muted.value = this.#settings.muted = !this.muted.value;
    this.#reading?.changed();
  }

  /** Silent at once. */
  stop(): void {
    this.#turn++;
    this.#reading?.stop();
    this.#reading = undefined;
    this.#rest();
  }

  /** Says why nothing is heard. */
  complain(trouble: VoiceTrouble): void {
    this.stop();
    this.trouble.value = trouble;
  }

  async #begin(messageId: string, voices: Voice[], from: number, before?: VoiceTrouble): Promise<void> {
    const voice = voices.shift();
    if (!voice) {
      this.complain(before ?? 'failed');
      return;
    }
    const turn = ++this.#turn;
    const ours = (does: () => void): void => {
      if (turn === this.#turn) batch(does);
    };
    this.#reading = undefined;
    if (this.phase.value === 'idle') this.phase.value = 'waiting';
    const listener: ReadingListener = {
      spoken: (sentence, word) =>
        ours(() => {
          if (this.phase.value !== 'paused') this.phase.value = sentence ? 'speaking' : 'waiting';
          this.sentence.value = sentence;
          this.word.value = word;
        }),
      blocked: () =>
        ours(() => {
          this.phase.value = 'paused';
          this.trouble.value = 'blocked';
        }),
      done: () => ours(() => this.stop()),
      // Of several troubles the first voice's is the one to tell of.
      failed: (trouble, at) => ours(() => void this.#begin(messageId, voices, at, before ?? trouble)),
    };
    try {
      const reading = await voice(messageId, this.#settings, listener, from);
      if (turn !== this.#turn) reading.stop();
      else this.#reading = reading;
      // It may have been wished while the voice was on its way.
      if (this.phase.value === 'paused' && !this.trouble.value) reading.pause();
    } catch {
      listener.failed('failed', from);
    }
  }

  #rest(): void {
    batch(() => {
      this.phase.value = 'idle';
      this.messageId.value = this.sentence.value = this.word.value = this.trouble.value = undefined;
      this.muted.value = this.#settings.muted = false;
    });
  }
}
