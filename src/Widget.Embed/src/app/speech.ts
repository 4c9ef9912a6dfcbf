/** What the panel and the modules for listening and for dictation, which are loaded when they are chosen, promise each other. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';

/** Reading answers aloud. */
export interface Speech {
  /** Stands between the thread and the field. */
  readonly View: ComponentType;
  /** Each new answer is read. */
  readonly listening: ReadonlySignal<boolean>;
  /** The answer that is being read. */
  readonly reading: ReadonlySignal<string | undefined>;
  listen(on: boolean): void;
  /** Reads an answer, or stops reading it. */
  read(messageId: string): void;
  /** Is silent, at once. */
  cancel(): void;
  destroy(): void;
}

/** Writing what the visitor says into the field. */
export interface Dictation {
  /** Stands between the thread and the field. */
  readonly View: ComponentType;
  /** It is going on, or coming about. */
  readonly active: ReadonlySignal<boolean>;
  /** The microphone is on. */
  readonly hearing: ReadonlySignal<boolean>;
  /** Begins, or ends. */
  toggle(): void;
  /** Hears no more, at once. */
  cancel(): void;
  destroy(): void;
}

let context: AudioContext | undefined;

/** The widget's one way to make sound. Browsers open it in a press; iOS in the press itself, before a module can have come. */
export function unlock(): AudioContext | undefined {
  if (!('AudioContext' in window)) return undefined;
  context ??= new AudioContext();
  if (context.state !== 'running') void context.resume().catch(() => undefined);
  return context;
}

/** The same for the browser's own voice, which may speak only after it has been asked to in a press. */
export function unlockVoice(): void {
  unlock();
  if ('speechSynthesis' in window) speechSynthesis.speak(new SpeechSynthesisUtterance(''));
}
