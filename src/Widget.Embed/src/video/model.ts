/** A call as the panel shows it. The playground makes its own. */
import type { ReadonlySignal } from '@preact/signals';
import type { EndReason, Speaker } from '../app/events';
import type { AnyCall } from '../call/model';
import type { Kind, Trouble } from '../media/trouble';
import type { Avatar } from './room';
import type { Caption } from './transcript';

export type Phase =
  /** The browser asks for camera and microphone. */
  | 'asking'
  /** There is no microphone; the visitor says whether to go on. */
  | 'trouble'
  | 'creating'
  | 'queued'
  /** The room is open and the avatar on its way. */
  | 'waiting'
  | 'live'
  | 'over';

export interface End {
  /** "lost": the line to the room broke; "refused": it was never opened. */
  reason: EndReason | 'lost' | 'refused';
  /** What the server says of it, in words. */
  problem?: string;
  seconds: number;
}

export interface CallModel extends AnyCall {
  readonly phase: ReadonlySignal<Phase>;
  /** Place in the line. */
  readonly position: ReadonlySignal<number | undefined>;
  /** Has been on its way for longer than usual. */
  readonly slow: ReadonlySignal<boolean>;
  readonly avatar: ReadonlySignal<Avatar | undefined>;
  readonly greenScreen: ReadonlySignal<boolean>;
  /** The room as a page of its own, where Daily's client cannot be had. */
  readonly frame: ReadonlySignal<string | undefined>;
  readonly ownPicture: ReadonlySignal<MediaStreamTrack | undefined>;
  readonly on: ReadonlySignal<Readonly<Record<Kind, boolean>>>;
  readonly troubles: ReadonlySignal<Partial<Record<Kind, Trouble>>>;
  readonly caption: ReadonlySignal<Caption | undefined>;
  readonly speaking: ReadonlySignal<Speaker | undefined>;
  readonly end: ReadonlySignal<End | undefined>;

  /** Begins without what is in trouble. */
  goOn(): void;
  toggle(kind: Kind): void;
  /** After the end: a call by voice alone, where that is offered. */
  readonly talk: (() => void) | undefined;
}
