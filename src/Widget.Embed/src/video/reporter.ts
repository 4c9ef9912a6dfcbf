/** Reports utterances to our API in order and in batches, and retries until each has arrived. */
import { ApiError } from '../app/api';
import type { ReportedUtterance } from './wire';

const batchDelay = 300;
const batchSize = 50;
const maxTextLength = 8000;
const maxDelay = 15_000;

export class Reporter {
  readonly #waiting: ReportedUtterance[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;
  #failures = 0;

  constructor(private readonly post: (utterances: ReportedUtterance[], keepalive: boolean) => Promise<unknown>) {}

  add(utterance: ReportedUtterance): void {
    this.#waiting.push({ ...utterance, text: utterance.text.slice(0, maxTextLength) });
    this.#schedule(batchDelay);
  }

  /** Sends everything that waits. Settles when it has arrived, was refused or has failed once. */
  async flush(): Promise<void> {
    while (this.#sending) await this.#sending;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) await this.#send();
  }

  /** The page unloads: sends what waits with a request that outlives it. */
  leave(): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting.splice(0);
    // Browsers limit such requests to 64 KB, so more than one batch would fail.
    if (waiting.length > 0) void this.post(waiting.slice(-batchSize), true).catch(() => undefined);
  }

  #schedule(delay: number): void {
    if (this.#timer !== undefined || this.#sending) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, delay);
  }

  #send(): Promise<void> {
    const batch = this.#waiting.slice(0, batchSize);
    this.#sending = this.post(batch, false)
      .then(
        () => true,
        // A refused report would be refused again.
        (error: unknown) => error instanceof ApiError && error.status < 500 && ![401, 408, 429].includes(error.status),
      )
      .then((settled) => {
        if (settled) this.#waiting.splice(0, batch.length);
        this.#failures = settled ? 0 : this.#failures + 1;
        this.#sending = undefined;
        if (this.#waiting.length > 0)
          this.#schedule(settled ? 0 : Math.min(maxDelay, batchDelay * 2 ** this.#failures));
      });
    return this.#sending;
  }
}
