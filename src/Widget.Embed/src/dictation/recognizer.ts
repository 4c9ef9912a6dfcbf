/** Turns speech into text, in the browser or at the server. It starts when constructed and ends by itself, by `finish` or by `stop`. */
import type { DeviceError } from '../media/deviceError';

export type DictationError =
  | DeviceError
  /** No speech was recognized. */
  | 'no_speech'
  | 'network'
  /** The browser does not support the language. */
  | 'language'
  /** The browser has no recognition service. */
  | 'service'
  /** The server could not transcribe the recording. */
  | 'not_transcribed';

export interface Recognizer {
  /** Ends the recording and delivers its text. */
  finish(): void;
  /** Stops at once, without calling the listener. */
  stop(): void;
}

export interface RecognizerListener {
  hearing(): void;
  /** The text so far. It may still change. */
  text(text: string): void;
  /** The recording has ended and is being transcribed. */
  writing(): void;
  done(text: string): void;
  /** @param serverMessage The server's explanation. */
  failed(error: DictationError, serverMessage?: string): void;
}

/** The longest dictation, in milliseconds. */
export const maxDuration = 120_000;
/** The silence that ends a dictation. */
export const endSilence = 2_500;
/** The silence that ends a dictation before the visitor has said anything. */
export const startSilence = 12_000;
