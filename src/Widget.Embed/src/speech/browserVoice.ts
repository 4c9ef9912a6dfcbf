/**
 * Reads an answer with the browser's own voice, one sentence at a time, while the answer is being written. A pause cancels the sentence,
 * and resuming speaks it again from its last known word, because on Android the browser's own pause ends the utterance.
 */
import type { ReadonlySignal } from '@preact/signals';
import { languageOf } from './language';
import type { Reading, ReadingListener, Settings, SpeechError, WrittenAnswer } from './model';
import { splitIntoSentences, type Sentence } from './sentences';
import { chooseVoice, voices } from './voices';

export { voices };

/** A voice that has not started after this time never will. */
const startTimeout = 5_000;
/** In letters per second, slower than any voice. A sentence that takes longer has stopped; remote voices stop without an event. */
const minLettersPerSecond = 10;
/** Added to the longest duration of a sentence, in milliseconds. */
const margin = 3_000;

export interface Defaults {
  /** The language to assume if the answer's is unclear. */
  language: string;
  /** Spoken in place of a code block. */
  code: string;
}

export class BrowserReading implements Reading {
  #sentences: Sentence[] = [];
  #text = '';
  #complete = false;
  #attempt = -1;
  /** The sentence being spoken, or the next one. */
  #index: number | undefined;
  /** The letter in the sentence at which to start. */
  #letter = 0;
  /** Without this reference the browser may garbage-collect the utterance, and with it its events. */
  #utterance: SpeechSynthesisUtterance | undefined;
  #voice: SpeechSynthesisVoice | undefined;
  #choosing = false;
  #failures = 0;
  #paused = false;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #unsubscribe: () => void;

  /** @param from The position in the answer at which to start. */
  constructor(
    answer: ReadonlySignal<WrittenAnswer | undefined>,
    private readonly settings: Readonly<Settings>,
    private readonly defaults: Defaults,
    private readonly listener: ReadingListener,
    private readonly from = 0,
  ) {
    this.#unsubscribe = answer.subscribe((written) => {
      if (written) this.#update(written);
    });
  }

  pause(): void {
    this.#paused = true;
    this.#cancel();
  }

  resume(): void {
    this.#paused = false;
    void this.#advance();
  }

  skip(): void {
    this.#cancel();
    this.#paused = false;
    this.#next();
  }

  changed(): void {
    if (!this.#utterance) return;
    this.#cancel();
    void this.#advance();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    // The answer's signal may call during construction, when there is nothing to unsubscribe yet.
    queueMicrotask(() => this.#unsubscribe());
  }

  #update({ text, attempt, complete }: WrittenAnswer): void {
    if (this.#stopped) return;
    const restarted = !complete && this.#attempt >= 0 && attempt > this.#attempt;
    if (restarted) {
      this.#cancel();
      [this.#index, this.#letter] = [0, 0];
    }
    [this.#text, this.#attempt, this.#complete] = [text, attempt, complete];
    this.#sentences = splitIntoSentences(text, this.#language(), this.defaults.code);
    void this.#advance();
  }

  async #advance(): Promise<void> {
    if (this.#stopped || this.#paused || this.#utterance || this.#choosing) return;
    const sentence = this.#nextSentence();
    if (!sentence) {
      if (this.#complete) this.#end(() => this.listener.done());
      else this.listener.spoken();
    } else if (this.#voice) {
      this.#speak(sentence, this.#voice);
    } else {
      await this.#chooseVoice();
    }
  }

  async #chooseVoice(): Promise<void> {
    this.#choosing = true;
    const all = await voices();
    this.#choosing = false;
    this.#voice = chooseVoice(all, this.#language(), navigator.languages);
    // Speech requested before the voices were loaded can block everything after it.
    if (speechSynthesis.pending) speechSynthesis.cancel();
    if (this.#voice) await this.#advance();
    else this.#fail(all.length === 0 ? 'no_voice' : 'no_language');
  }

  /** Undefined while it is not complete. The last sentence of an unfinished answer may still grow. */
  #nextSentence(): Sentence | undefined {
    if (this.#index === undefined) {
      const first = this.#sentences.findIndex((sentence) => sentence.start >= this.from);
      if (first >= 0) this.#index = first;
    }
    const complete = this.#complete ? this.#sentences.length : this.#sentences.length - 1;
    return this.#index !== undefined && this.#index < complete ? this.#sentences[this.#index] : undefined;
  }

  #speak(sentence: Sentence, voice: SpeechSynthesisVoice): void {
    const base = this.#letter;
    const utterance = new SpeechSynthesisUtterance(sentence.text.slice(base));
    this.#utterance = utterance;
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = this.settings.rate;
    utterance.volume = this.settings.muted ? 0 : 1;
    // A cancelled utterance still reports events, such as an error.
    const ifCurrent = (action: () => void): void => {
      if (this.#utterance === utterance) action();
    };
    utterance.onstart = () => ifCurrent(() => this.#started(sentence, utterance));
    utterance.onboundary = ({ name, charIndex }) =>
      ifCurrent(() => {
        if (name === 'word') this.#wordReached(sentence, utterance, base, charIndex);
      });
    utterance.onend = () =>
      ifCurrent(() => {
        this.#release();
        this.#next();
      });
    utterance.onerror = ({ error }) => ifCurrent(() => this.#failed(error));
    this.#after(startTimeout, () => this.#failed('silence'));
    speechSynthesis.speak(utterance);
  }

  #started(sentence: Sentence, utterance: SpeechSynthesisUtterance): void {
    this.#failures = 0;
    this.#skipIfSilent(utterance, 0);
    this.listener.spoken(sentence);
  }

  #wordReached(sentence: Sentence, utterance: SpeechSynthesisUtterance, base: number, charIndex: number): void {
    const { text } = utterance;
    this.#letter = base + charIndex;
    this.#skipIfSilent(utterance, charIndex);
    const length = /^[\p{L}\p{N}\p{M}'’_-]*/u.exec(text.slice(charIndex))?.[0].length ?? 0;
    const { positions } = sentence;
    const [start, last] = [positions[this.#letter], positions[this.#letter + Math.max(length, 1) - 1]];
    if (start !== undefined && last !== undefined) this.listener.spoken(sentence, { start, end: last + 1 });
  }

  /** Continues with the next sentence if the voice does not finish this one in time. */
  #skipIfSilent({ text, rate }: SpeechSynthesisUtterance, spoken: number): void {
    this.#after(((text.length - spoken) / (minLettersPerSecond * rate)) * 1000 + margin, () => {
      this.#cancel();
      this.#next();
    });
  }

  #failed(error: string): void {
    this.#cancel();
    // The browser wants a click first, or the page has used the same voice and interrupted us.
    if (error === 'not-allowed' || error === 'interrupted' || error === 'canceled') {
      this.#paused = true;
      this.listener.blocked();
    } else if (this.#failures++ === 0) void this.#advance();
    else this.#fail('failed');
  }

  #next(): void {
    if (this.#index !== undefined) this.#index++;
    this.#letter = 0;
    void this.#advance();
  }

  #cancel(): void {
    if (!this.#utterance) return;
    this.#release();
    speechSynthesis.cancel();
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#utterance = undefined;
  }

  #after(milliseconds: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, milliseconds);
  }

  #fail(error: SpeechError): void {
    this.#end(() => this.listener.failed(error, this.#nextSentence()?.start ?? 0));
  }

  #end(notify: () => void): void {
    if (this.#stopped) return;
    this.stop();
    notify();
  }

  #language(): string {
    return languageOf(this.#text, this.defaults.language);
  }
}
