/** What the parts of the speech module say to each other. */

/** A stretch of an answer's Markdown, in UTF-16 code units. */
export interface Place {
  start: number;
  end: number;
}

export type Phase =
  'idle' /** The voice, or the next sentence, has not come yet. */ | 'waiting' | 'speaking' | 'paused';

/** Why nothing is heard: each has its own words. */
export type VoiceTrouble =
  /** This browser has no voice at all. */
  | 'no_voice'
  /** It has none for the answer's language. */
  | 'no_language'
  /** Browsers keep quiet until the visitor has pressed something. */
  | 'blocked'
  | 'failed';

/** An answer as far as it has been written. */
export interface Written {
  text: string;
  attempt: number;
  complete: boolean;
}

/** An answer being read aloud. It begins with its making and ends by itself, or when it is stopped. */
export interface Reading {
  pause(): void;
  resume(): void;
  /** Goes on with the next sentence. */
  skip(): void;
  /** Speed, or whether it is muted, has changed. */
  changed(): void;
  /** At once, and without a word to the listener. */
  stop(): void;
}

export interface ReadingListener {
  /** What is being spoken; nothing while the next sentence is waited for. */
  spoken(sentence?: Place, word?: Place): void;
  /** It stands still until the visitor presses something. */
  blocked(): void;
  done(): void;
  /** It cannot go on; another voice could, from this place. */
  failed(trouble: VoiceTrouble, at: number): void;
}

export interface Settings {
  /** 1 for the voice's own speed. */
  rate: number;
  muted: boolean;
}

export const rates = [0.75, 1, 1.25, 1.5, 2];
