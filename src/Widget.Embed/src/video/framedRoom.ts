/**
 * The room's own page in a frame, where Daily's client cannot join. A page that supports it passes the call's messages through postMessage:
 * `app-message-connect` from us, `app-message-connected` from the page, then `app-message` with `data` in both directions. Daily's own page
 * doesn't: the call then has no captions, and typed messages are answered in the thread.
 */
import { signal } from '@preact/signals';
import { roomMessage, type RoomMessage } from './wire';

export class FramedRoom {
  /** Whether the page passes the call's messages. */
  readonly connected = signal(false);
  #page: Window | undefined;

  constructor(
    private readonly origin: string,
    private readonly received: (message: RoomMessage) => void,
  ) {}

  /** The page has loaded. */
  connect(page: Window | null): void {
    this.#page = page ?? undefined;
    addEventListener('message', this.#listen);
    this.#post({ type: 'app-message-connect' });
  }

  send(data: object): void {
    this.#post({ type: 'app-message', data });
  }

  leave(): void {
    if (this.#page) removeEventListener('message', this.#listen);
    this.#page = undefined;
    this.connected.value = false;
  }

  #post(message: object): void {
    this.#page?.postMessage(message, this.origin);
  }

  readonly #listen = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.#page || event.origin !== this.origin) return;
    const { type, data } = (event.data ?? {}) as Record<string, unknown>;
    if (type === 'app-message-connected') this.connected.value = true;
    const message = type === 'app-message' && roomMessage(data);
    if (message) this.received(message);
  };
}
