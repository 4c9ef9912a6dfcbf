/** The types that the parts of the speech module share. */

/** A range of an answer's Markdown, in UTF-16 code units. */
export interface TextRange {
  start: number;
  end: number;
}

export type Phase =
  | 'idle'
  /** The voice is loading, or the next sentence is not there yet. */
  | 'waiting'
  | 'speaking'
  | 'paused';

/** Why there is no sound. Each has its own message. */
export type SpeechError =
  /** The browser has no voice at all. */
  | 'no_voice'
  /** The browser has no voice for the answer's language. */
  | 'no_language'
  /** The browser blocks sound until the visitor clicks or presses a key. */
  | 'blocked'
  | 'failed';

/** The part of an answer that has been written so far. */
export interface WrittenAnswer {
  text: string;
  attempt: number;
  complete: boolean;
}

/** An answer being read aloud, from its construction until it ends or is stopped. */
export interface Reading {
  pause(): void;
  resume(): void;
  /** Continues with the next sentence. */
  skip(): void;
  /** The settings have changed. */
  changed(): void;
  /** Stops at once, without calling the listener. */
  stop(): void;
}

export interface ReadingListener {
  /** The current sentence and word; nothing while waiting for the next sentence. */
  spoken(sentence?: TextRange, word?: TextRange): void;
  /** The browser blocks sound. The reading is paused until `resume`. */
  blocked(): void;
  done(): void;
  /** The reading cannot continue. Another voice could, from this position. */
  failed(error: SpeechError, at: number): void;
}

export interface Settings {
  /** The speed; 1 is the voice's own. */
  rate: number;
  muted: boolean;
}

export const rates = [0.75, 1, 1.25, 1.5, 2];
