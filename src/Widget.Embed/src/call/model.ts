import type { ReadonlySignal } from '@preact/signals';
import type { Kind } from '../media/trouble';

/** What every call shows and lets the visitor do, of whichever kind it is. */
export interface AnyCall {
  /** What of the visitor reaches the other side. */
  readonly on: ReadonlySignal<{ readonly microphone: boolean }>;
  /** Seconds since it was opened, and that are left; undefined until then. */
  readonly elapsed: ReadonlySignal<number>;
  readonly remaining: ReadonlySignal<number | undefined>;

  /** Asks for the devices again. */
  askAgain(): void;
  choose(kind: Kind, id: string): Promise<void>;
  /** The device in use, as the browser names it. */
  deviceId(kind: Kind): string | undefined;
  interrupt(): void;
  hangUp(): void;
  /** After the end: another call, or back to text. */
  again(): void;
  close(): void;
}
