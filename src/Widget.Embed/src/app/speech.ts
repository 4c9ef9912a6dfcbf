/** The contract between the panel and the speech and dictation modules, which are loaded on demand. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';

/** Reads answers aloud. */
export interface Speech {
  /** Shown between the thread and the text field. */
  readonly View: ComponentType;
  /** New answers are read aloud. */
  readonly listening: ReadonlySignal<boolean>;
  /** The id of the answer that is being read. */
  readonly reading: ReadonlySignal<string | undefined>;
  listen(on: boolean): void;
  /** Turns `listen` off without remembering it: another visitor comes. */
  stopListening(): void;
  /** Reads an answer, or stops if it is being read. */
  read(messageId: string): void;
  /** Stops reading at once. */
  cancel(): void;
  destroy(): void;
}

/** Writes what the visitor says into the text field. */
export interface Dictation {
  /** Shown between the thread and the text field. */
  readonly View: ComponentType;
  /** Dictation is running or being set up. */
  readonly active: ReadonlySignal<boolean>;
  /** The microphone is on. */
  readonly hearing: ReadonlySignal<boolean>;
  /** Starts or ends dictation. */
  toggle(): void;
  /** Stops listening at once. */
  cancel(): void;
  destroy(): void;
}

let context: AudioContext | undefined;

/**
 * The widget's only audio context. Browsers let it play only after a click or key press; iOS only if it is resumed in the event handler
 * itself, so this cannot wait for a module to load.
 */
export function unlockAudio(): AudioContext | undefined {
  if (!('AudioContext' in window)) return undefined;
  context ??= new AudioContext();
  if (context.state !== 'running') void context.resume().catch(() => undefined);
  return context;
}

/** Does the same for the browser's own voice, which must first speak in an event handler. */
export function unlockBrowserVoice(): void {
  unlockAudio();
  if ('speechSynthesis' in window) speechSynthesis.speak(new SpeechSynthesisUtterance(''));
}
