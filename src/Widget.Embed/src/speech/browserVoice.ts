/**
 * An answer read by the browser's own voice, a sentence at a time, while it is being written. A pause is a cancelled sentence that is begun again,
 * from its last known word, since on Android the browser's own pause is an end.
 */
import type { ReadonlySignal } from '@preact/signals';
import { languageOf } from './language';
import type { Reading, ReadingListener, Settings, VoiceTrouble, Written } from './model';
import { sentences, type Sentence } from './said';
import { choose, voices } from './voices';

export { voices };

/** A voice that has not begun by then will not. */
const toBegin = 5_000;
/** Slower than any voice, in letters a second: one that takes longer has fallen silent, as remote ones do, without a word. */
const slowest = 10;

export interface Likely {
  /** The language to suppose. */
  language: string;
  /** Said in the place of a block of code. */
  code: string;
}

export class BrowserReading implements Reading {
  #sentences: Sentence[] = [];
  #text = '';
  #complete = false;
  #attempt = -1;
  /** The sentence being spoken, or the next. */
  #index: number | undefined;
  /** From which of its letters on. */
  #letter = 0;
  /** Kept here, so that the browser does not throw it away with its events. */
  #utterance: SpeechSynthesisUtterance | undefined;
  #voice: SpeechSynthesisVoice | undefined;
  #choosing = false;
  #stumbles = 0;
  #paused = false;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #unfollow: () => void;

  /** @param from The place in the answer to begin at. */
  constructor(
    written: ReadonlySignal<Written | undefined>,
    private readonly settings: Readonly<Settings>,
    private readonly likely: Likely,
    private readonly listener: ReadingListener,
    private readonly from = 0,
  ) {
    this.#unfollow = written.subscribe((answer) => {
      if (answer) this.#take(answer);
    });
  }

  pause(): void {
    this.#paused = true;
    this.#hush();
  }

  resume(): void {
    this.#paused = false;
    void this.#go();
  }

  skip(): void {
    this.#hush();
    this.#paused = false;
    this.#next();
  }

  changed(): void {
    if (!this.#utterance) return;
    this.#hush();
    void this.#go();
  }

  stop(): void {
    this.#stopped = true;
    this.#hush();
    queueMicrotask(() => this.#unfollow());
  }

  #take({ text, attempt, complete }: Written): void {
    if (this.#stopped) return;
    // An answer begun anew: what was said of it is void.
    if (!complete && this.#attempt >= 0 && attempt > this.#attempt) {
      this.#hush();
      [this.#index, this.#letter] = [0, 0];
    }
    [this.#text, this.#attempt, this.#complete] = [text, attempt, complete];
    this.#sentences = sentences(text, languageOf(text, this.likely.language), this.likely.code);
    void this.#go();
  }

  async #go(): Promise<void> {
    if (this.#stopped || this.#paused || this.#utterance || this.#choosing) return;
    const sentence = this.#sentence();
    if (!sentence) {
      if (this.#complete) this.#end(() => this.listener.done());
      else this.listener.spoken();
      return;
    }
    if (this.#voice) {
      this.#speak(sentence, this.#voice);
      return;
    }
    this.#choosing = true;
    const all = await voices();
    this.#choosing = false;
    this.#voice = choose(all, languageOf(this.#text, this.likely.language), navigator.languages);
    // What was asked of a browser before it had a voice can stand in the way of all that comes after it.
    if (speechSynthesis.pending) speechSynthesis.cancel();
    if (this.#voice) await this.#go();
    else this.#fail(all.length === 0 ? 'no_voice' : 'no_language');
  }

  /** What is to be said now, if it is there. The last sentence may still grow. */
  #sentence(): Sentence | undefined {
    if (this.#index === undefined) {
      const first = this.#sentences.findIndex((sentence) => sentence.start >= this.from);
      if (first >= 0) this.#index = first;
    }
    const ready = this.#complete ? this.#sentences.length : this.#sentences.length - 1;
    return this.#index !== undefined && this.#index < ready ? this.#sentences[this.#index] : undefined;
  }

  #speak(sentence: Sentence, voice: SpeechSynthesisVoice): void {
    const base = this.#letter;
    const text = sentence.text.slice(base);
    const utterance = new SpeechSynthesisUtterance(text);
    this.#utterance = utterance;
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = this.settings.rate;
    utterance.volume = this.settings.muted ? 0 : 1;
    // What a cancelled utterance still says of itself, an error among it, is nothing to anybody.
    const ours = (does: () => void): void => {
      if (this.#utterance === utterance) does();
    };
    const left = (said: number): number => ((text.length - said) / (slowest * utterance.rate)) * 1000 + 3000;
    const fellSilent = (): void => {
      this.#hush();
      this.#next();
    };
    utterance.onstart = () =>
      ours(() => {
        this.#stumbles = 0;
        this.#watch(left(0), fellSilent);
        this.listener.spoken(sentence);
      });
    utterance.onboundary = ({ name, charIndex }) =>
      ours(() => {
        if (name !== 'word') return;
        this.#letter = base + charIndex;
        this.#watch(left(charIndex), fellSilent);
        const length = /^[\p{L}\p{N}\p{M}'’_-]*/u.exec(text.slice(charIndex))?.[0].length ?? 0;
        const { places } = sentence;
        const [start, last] = [places[this.#letter], places[this.#letter + Math.max(length, 1) - 1]];
        if (start !== undefined && last !== undefined) this.listener.spoken(sentence, { start, end: last + 1 });
      });
    utterance.onend = () =>
      ours(() => {
        this.#quiet();
        this.#next();
      });
    utterance.onerror = ({ error }) => ours(() => this.#wrong(error));
    this.#watch(toBegin, () => this.#wrong('silence'));
    speechSynthesis.speak(utterance);
  }

  #wrong(error: string): void {
    this.#hush();
    // The browser wants a press first; or the page itself, whose voice it is, too, has cut us off.
    if (error === 'not-allowed' || error === 'interrupted' || error === 'canceled') {
      this.#paused = true;
      this.listener.blocked();
    } else if (this.#stumbles++ === 0) void this.#go();
    else this.#fail('failed');
  }

  #next(): void {
    if (this.#index !== undefined) this.#index++;
    this.#letter = 0;
    void this.#go();
  }

  #hush(): void {
    if (!this.#utterance) return;
    this.#quiet();
    speechSynthesis.cancel();
  }

  #quiet(): void {
    clearTimeout(this.#timer);
    this.#utterance = undefined;
  }

  #watch(patience: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, patience);
  }

  #fail(trouble: VoiceTrouble): void {
    this.#end(() => this.listener.failed(trouble, this.#sentence()?.start ?? 0));
  }

  #end(tell: () => void): void {
    if (this.#stopped) return;
    this.stop();
    tell();
  }
}
