/** The contract between the panel and the call modules, which are loaded on demand. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { ConversationEvent, VoiceUpdate } from './events';

export type CallMode = 'video' | 'voice';

/** A call in the panel, from the visitor's click until they close its final message. */
export interface LiveCall {
  readonly mode: CallMode;
  /** Shown above the thread. */
  readonly View: ComponentType;
  /** The call is running or being set up. */
  readonly active: ReadonlySignal<boolean>;
  /** The call hides the thread, as video does on a phone. */
  readonly hidesThread: ReadonlySignal<boolean>;
  /** Passes what the visitor typed to the call. False if the call cannot take it now. */
  say(text: string): boolean;
  /** The conversation's log has a new event. */
  handleEvent(event: ConversationEvent): void;
  /** The server reports what happens in the call at the moment. */
  handleUpdate?(update: VoiceUpdate): void;
  /** Ends the call at once: the page unloads, or the widget is removed. */
  destroy(): void;
}

/** Relays a call's data channel to the server, for providers that offer the server no control channel. */
export interface Relay {
  send(message: string): void;
  close(): void;
}

export interface RelayListener {
  message: (message: string) => void;
  /** The connection to the server broke. */
  ended: () => void;
}
