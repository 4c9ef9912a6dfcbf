/** What video and voice calls show alike, and what a visitor can do in both. */
import type { ReadonlySignal } from '@preact/signals';
import type { DeviceKind } from '../media/deviceError';

export type CommonPhase =
  /** The browser asks the visitor for permission to use the devices. */
  | 'asking'
  /** There is no microphone. */
  | 'no_microphone'
  | 'live'
  | 'over';

export type CommonEndReason =
  | 'visitor'
  /** The page was closed, or the widget removed from it. */
  | 'left'
  | 'failed'
  /** The connection was lost. */
  | 'lost'
  /** The server refused to open the call. */
  | 'refused';

export interface CallEnd<Reason extends string> {
  reason: Reason;
  seconds: number;
  /** The server's explanation. It takes the place of the text for the reason. */
  message?: string;
  /** Another try would be refused, too. */
  noRetry?: boolean;
}

export interface CallModel {
  /** Which of the visitor's devices the other side receives. */
  readonly on: ReadonlySignal<{ readonly microphone: boolean }>;
  /** The current step takes longer than usual. */
  readonly slow: ReadonlySignal<boolean>;
  /** In seconds. */
  readonly elapsed: ReadonlySignal<number>;
  /** In seconds; undefined until the server has said how long the call may last. */
  readonly remaining: ReadonlySignal<number | undefined>;

  /** Asks for the devices again. */
  retryDevices(): void;
  choose(kind: DeviceKind, id: string): Promise<void>;
  /** The browser's id of the device in use. */
  deviceId(kind: DeviceKind): string | undefined;
  interrupt(): void;
  hangUp(): void;
  /** After the end: starts another call. */
  callAgain(): void;
  /** After the end: goes back to text. */
  close(): void;
}
