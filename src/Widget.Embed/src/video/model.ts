/** A video call as the panel shows it. The playground makes its own. */
import type { ReadonlySignal } from '@preact/signals';
import type { EndReason, Speaker } from '../app/events';
import type { CallEnd, CallModel, CommonEndReason, CommonPhase } from '../call/model';
import type { DeviceKind, DeviceErrors } from '../media/deviceError';
import type { Avatar } from './room';
import type { Caption } from './transcript';

export type ConnectingPhase =
  | 'creating'
  | 'queued'
  /** The room is open, and the avatar has not joined yet. */
  | 'waiting';

export type VideoPhase = CommonPhase | ConnectingPhase;
export type VideoEnd = CallEnd<EndReason | CommonEndReason>;

export interface VideoModel extends CallModel {
  readonly phase: ReadonlySignal<VideoPhase>;
  /** Position in the queue, from 1. */
  readonly position: ReadonlySignal<number | undefined>;
  readonly avatar: ReadonlySignal<Avatar | undefined>;
  readonly greenScreen: ReadonlySignal<boolean>;
  /** Address of the room's own page, if Daily's client could not be loaded. */
  readonly frame: ReadonlySignal<string | undefined>;
  /** The room's own page may use the camera: the visitor has not chosen to start without it. */
  readonly frameCamera: boolean;
  /** Whether the call has captions and takes typed messages: with Daily's client, or if the room's own page passes them on. */
  readonly messages: ReadonlySignal<boolean>;
  readonly ownPicture: ReadonlySignal<MediaStreamTrack | undefined>;
  readonly on: ReadonlySignal<Readonly<Record<DeviceKind, boolean>>>;
  readonly deviceErrors: ReadonlySignal<DeviceErrors>;
  readonly caption: ReadonlySignal<Caption | undefined>;
  readonly speaking: ReadonlySignal<Speaker | undefined>;
  readonly end: ReadonlySignal<VideoEnd | undefined>;

  joinWithoutMicrophone(): void;
  toggle(kind: DeviceKind): void;
  /** The room's own page has loaded in the frame. */
  frameLoaded(page: Window | null): void;
  /** After the end: starts a voice call; undefined if the tenant offers none. */
  readonly talk: (() => void) | undefined;
}
