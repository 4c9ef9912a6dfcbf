/** What the panel and the video module, which is loaded when it is chosen, promise each other. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { ConversationEvent } from './events';

/** A call on the panel, from the visitor's press until they have closed its last words. */
export interface VideoCall {
  /** Stands above the thread. */
  readonly View: ComponentType;
  /** Whether it is going on, or coming about. */
  readonly active: ReadonlySignal<boolean>;
  /** Whether it hides the thread; on a phone it has the panel to itself. */
  readonly alone: ReadonlySignal<boolean>;
  /** Takes what the visitor typed, if there is somebody in the call to say it to. */
  say(text: string): boolean;
  /** Something happened in the conversation's log. */
  heard(event: ConversationEvent): void;
  /** Ends it, at once and without a word: the widget is going. */
  destroy(): void;
}
