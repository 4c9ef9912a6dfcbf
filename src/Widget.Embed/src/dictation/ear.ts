/** What takes dictation, whichever way: it begins with its making and ends by itself, by a press, or when it is let go. */
import type { Trouble } from '../media/trouble';

export type DictationTrouble =
  | Trouble
  /** Nothing was said, or nothing understood. */
  | 'unheard'
  | 'network'
  /** The browser does not know the language. */
  | 'language'
  /** The browser has no such service after all. */
  | 'service'
  | 'untranscribed';

export interface Ear {
  /** That was all: what was said is written down. */
  finish(): void;
  /** At once, and without a word to the listener. */
  stop(): void;
}

export interface EarListener {
  hearing(): void;
  /** Heard so far; it may still change. */
  text(text: string): void;
  /** Nothing more is heard, and what was is being written down. */
  writing(): void;
  done(text: string): void;
  /** @param problem What the server says of it, in words. */
  failed(trouble: DictationTrouble, problem?: string): void;
}

/** The longest dictation, and the silence that ends it, in milliseconds. */
export const longest = 120_000;
export const silence = 2_500;
/** How long somebody is waited for who has said nothing yet. */
export const patience = 12_000;
