/** A voice call as the panel shows it. The playground makes its own. */
import type { ReadonlySignal } from '@preact/signals';
import type { Speaker, VoiceEndReason, VoicePhase } from '../app/events';
import type { CallEnd, CallModel, CommonEndReason, CommonPhase } from '../call/model';
import type { DeviceErrors } from '../media/deviceError';
import type { Caption } from './captions';

export type ConnectionPhase = 'connecting' | 'reconnecting';

export type ConnectionEndReason =
  /** The session was opened, but no sound came through. */
  | 'unconnected'
  /** The provider needs a relay, and the visitor's network blocks WebSockets. */
  | 'unrelayed';

export type VoiceCallPhase = CommonPhase | ConnectionPhase;
export type VoiceEnd = CallEnd<VoiceEndReason | ConnectionEndReason | CommonEndReason>;

export interface VoiceModel extends CallModel {
  readonly phase: ReadonlySignal<VoiceCallPhase>;
  readonly deviceErrors: ReadonlySignal<DeviceErrors>;
  /** What the assistant is doing. */
  readonly turn: ReadonlySignal<VoicePhase>;
  readonly captions: ReadonlySignal<readonly Caption[]>;
  /** The assistant's voice. */
  readonly sound: ReadonlySignal<MediaStream | undefined>;
  readonly pushToTalk: ReadonlySignal<boolean>;
  /** The tenant lets the visitor choose between push-to-talk and talking freely. */
  readonly canChoosePushToTalk: ReadonlySignal<boolean>;
  /** The talk button is held down. */
  readonly held: ReadonlySignal<boolean>;
  readonly end: ReadonlySignal<VoiceEnd | undefined>;

  /** From 0 to 1. */
  level(speaker: Speaker): number;
  /** Starts the audio meters. Browsers allow that only in response to a click or a key. */
  wake(): void;
  toggleMute(): void;
  togglePushToTalk(): void;
  holdTalkButton(pressed: boolean): void;
}
