/** What the panel and the modules of calls, each loaded when it is chosen, promise each other. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { ConversationEvent, VoiceUpdate } from './events';

export type CallMode = 'video' | 'voice';

/** A call on the panel, from the visitor's press until they have closed its last words. */
export interface LiveCall {
  readonly mode: CallMode;
  /** Stands above the thread. */
  readonly View: ComponentType;
  /** Whether it is going on, or coming about. */
  readonly active: ReadonlySignal<boolean>;
  /** Whether it hides the thread, as video does on a phone, where it has the panel to itself. */
  readonly alone: ReadonlySignal<boolean>;
  /** Takes what the visitor typed, if there is somebody in the call to say it to. */
  say(text: string): boolean;
  /** Something happened in the conversation's log. */
  heard(event: ConversationEvent): void;
  /** Something happens in a call that the server hears. */
  live?(update: VoiceUpdate): void;
  /** Ends it, at once and without a word: the widget is going. */
  destroy(): void;
}

/** A call's data channel on its way to the server, where the provider has no line for it. */
export interface Relay {
  send(message: string): void;
  close(): void;
}

export interface RelayListener {
  message: (message: string) => void;
  /** The line broke. */
  ended: () => void;
}
