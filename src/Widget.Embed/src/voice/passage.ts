/**
 * Carries the data channel's messages to our server and back, unread, where the provider has no line for the server itself. The line to our
 * server may break and come back meanwhile; what the provider says until then waits.
 */
import { effect } from '@preact/signals';
import type { Relay } from '../app/call';
import type { CallHost } from '../app/moduleHost';

/** Nobody answers the visitor meanwhile. */
const patience = 10_000;
const between = 1_000;
/** A line that has held for so long is back. */
const settled = 3_000;
const mostWaiting = 500;

export class Passage {
  #relay: Relay | undefined;
  #closed = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #back: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: (() => void) | undefined;
  readonly #waiting: string[] = [];

  constructor(
    private readonly panel: CallHost,
    private readonly sessionId: string,
    private readonly listener: { message(text: string): void; lost(): void },
  ) {}

  /** False where the visitor's line cannot carry it. */
  open(): boolean {
    const relay = this.panel.relay(this.sessionId, {
      message: (text) => {
        if (!this.#closed) this.listener.message(text);
      },
      ended: () => {
        if (this.#relay === relay) this.#broken();
      },
    });
    if (!relay || this.#closed) return false;
    this.#relay = relay;
    this.#back = setTimeout(() => {
      clearTimeout(this.#deadline);
      this.#deadline = undefined;
    }, settled);
    for (const text of this.#waiting.splice(0)) relay.send(text);
    return true;
  }

  send(text: string): void {
    if (this.#relay) this.#relay.send(text);
    else if (this.#waiting.length < mostWaiting) this.#waiting.push(text);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#again);
    clearTimeout(this.#back);
    this.#stopWatching?.();
    this.#relay?.close();
  }

  #broken(): void {
    this.#relay = undefined;
    clearTimeout(this.#back);
    if (this.#closed) return;
    this.#deadline ??= setTimeout(() => {
      if (!this.#closed) this.listener.lost();
    }, patience);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#stopWatching?.();
      this.#stopWatching = effect(() => {
        if (this.panel.status.value.state === 'online' && !this.#relay && !this.#closed) this.open();
      });
    }, between);
  }
}
