/** Requests beside the messages: facts about the visitor that later messages depend on, and actions that must arrive eventually. */
import { ApiError } from './api';
import { NativePromise } from './pristine';

/** A request that hangs must not hold up the visitor's messages for longer. */
const maxWait = 3_000;

interface Delivery {
  path: string;
  /** The client id makes a repeated request harmless. */
  body: { clientId: string };
  done?: (() => void) | undefined;
}

export class Outbox {
  /** Settles when every request sent with `sendFirst` has arrived or failed. */
  settled = NativePromise.resolve();
  #undelivered: Delivery[] = [];

  constructor(
    private readonly post: (path: string, body: unknown) => Promise<unknown> | undefined,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Sends a request that the next message must not overtake. */
  sendFirst(path: string, body: unknown): void {
    const sent = this.post(path, body)?.catch((error: unknown) => this.failed(error));
    const timeout = new NativePromise<void>((resolve) => setTimeout(resolve, maxWait));
    this.settled = NativePromise.race([NativePromise.all([this.settled, sent]).then(() => undefined), timeout]);
  }

  /** Sends a request, and again whenever the connection is back, until it has arrived or was refused. */
  async deliver(delivery: Delivery): Promise<void> {
    this.#undelivered.push(delivery);
    await this.#attempt(delivery);
  }

  async redeliver(): Promise<void> {
    for (const delivery of [...this.#undelivered])
      // They may have been forgotten meanwhile.
      if (this.#undelivered.includes(delivery)) await this.#attempt(delivery);
  }

  /** Forgets what has not arrived: it belongs to an earlier conversation. */
  clear(): void {
    this.#undelivered = [];
  }

  async #attempt(delivery: Delivery): Promise<void> {
    try {
      await this.post(delivery.path, delivery.body);
    } catch (error) {
      if (!this.#undelivered.includes(delivery)) return;
      if (!(error instanceof ApiError) || error.status >= 500 || error.status === 401) return;
      if (error.wait) {
        setTimeout(() => void this.redeliver(), error.wait);
        return;
      }
      this.failed(error);
    }
    if (!this.#undelivered.includes(delivery)) return;
    this.#undelivered = this.#undelivered.filter((other) => other !== delivery);
    delivery.done?.();
  }
}
