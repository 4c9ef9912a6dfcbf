/**
 * Relays the data channel's messages between the provider and our server, for providers that offer the server no control channel. If the
 * connection to our server breaks, messages wait until it is back.
 */
import { effect } from '@preact/signals';
import type { Relay } from '../app/call';
import type { CallHost } from '../app/moduleHost';

/** Without the relay the visitor gets no answers, so the call does not wait long for it. */
const timeout = 10_000;
const retryDelay = 1_000;
/** A relay that has worked this long is stable: if it breaks again, the timeout starts from zero. */
const stableAfter = 3_000;
const queueLimit = 500;

export class RelayChannel {
  #relay: Relay | undefined;
  #closed = false;
  #timeoutTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #stableTimer: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: (() => void) | undefined;
  readonly #queue: string[] = [];

  constructor(
    private readonly panel: CallHost,
    private readonly sessionId: string,
    private readonly listener: { message(text: string): void; lost(): void },
  ) {}

  /** False if the panel's transport cannot relay. */
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
    this.#stableTimer = setTimeout(() => {
      clearTimeout(this.#timeoutTimer);
      this.#timeoutTimer = undefined;
    }, stableAfter);
    for (const text of this.#queue.splice(0)) relay.send(text);
    return true;
  }

  send(text: string): void {
    if (this.#relay) this.#relay.send(text);
    else if (this.#queue.length < queueLimit) this.#queue.push(text);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timeoutTimer);
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#stableTimer);
    this.#stopWatching?.();
    this.#relay?.close();
  }

  #broken(): void {
    this.#relay = undefined;
    clearTimeout(this.#stableTimer);
    if (this.#closed) return;
    this.#timeoutTimer ??= setTimeout(() => {
      if (!this.#closed) this.listener.lost();
    }, timeout);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#openWhenOnline(), retryDelay);
  }

  #openWhenOnline(): void {
    this.#stopWatching?.();
    this.#stopWatching = effect(() => {
      if (this.panel.status.value.state === 'online' && !this.#relay && !this.#closed) this.open();
    });
  }
}
