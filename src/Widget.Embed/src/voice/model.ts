/** A voice call as the panel shows it. The playground makes its own. */
import type { ReadonlySignal } from '@preact/signals';
import type { Speaker, VoiceEndReason, VoicePhase } from '../app/events';
import type { AnyCall } from '../call/model';
import type { Trouble } from '../media/trouble';
import type { Caption } from './captions';

export type Phase =
  /** The browser asks for the microphone. */
  | 'asking'
  /** There is none, and why. */
  | 'trouble'
  | 'connecting'
  | 'live'
  /** It goes on in a new connection. */
  | 'reconnecting'
  | 'over';

export interface End {
  reason:
    | VoiceEndReason
    /** It was never opened. */
    | 'refused'
    /** It was opened, but no sound came through. */
    | 'unconnected'
    | 'lost'
    /** The visitor's network carries no line that this provider needs. */
    | 'unrelayed';
  /** Why the server refuses it, in words. */
  problem?: string;
  seconds: number;
}

export interface VoiceModel extends AnyCall {
  readonly phase: ReadonlySignal<Phase>;
  /** The browser's question has stood unanswered for a while. */
  readonly slow: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** What the assistant is doing. */
  readonly turn: ReadonlySignal<VoicePhase>;
  readonly captions: ReadonlySignal<readonly Caption[]>;
  /** The assistant's voice. */
  readonly sound: ReadonlySignal<MediaStream | undefined>;
  /** The visitor holds a button while speaking. */
  readonly pushToTalk: ReadonlySignal<boolean>;
  /** The tenant leaves it to the visitor. */
  readonly turnsAreFree: ReadonlySignal<boolean>;
  readonly held: ReadonlySignal<boolean>;
  readonly end: ReadonlySignal<End | undefined>;

  /** From 0 to 1. */
  level(speaker: Speaker): number;
  /** Lets the browser sound, in a press. */
  wake(): void;
  toggleMute(): void;
  toggleTurns(): void;
  hold(pressed: boolean): void;
}
