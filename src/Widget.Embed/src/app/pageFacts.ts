/** What the page says about its visitor and about itself. Each new session gets it before the next message. */
import type { ContextValues, Identity } from '../contract';
import type { Outbox } from './outbox';

export class PageFacts {
  #identity: Identity | undefined;
  #context: Record<string, string> | undefined;

  constructor(private readonly outbox: Outbox) {}

  identify(identity: Identity): void {
    this.#identity = identity;
  }

  setContext(context: ContextValues): void {
    // The API takes strings. Pages also pass numbers, null and undefined.
    this.#context = Object.fromEntries(
      Object.entries(context).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, String(value)]],
      ),
    );
  }

  sendIdentity(): void {
    if (this.#identity) this.outbox.sendFirst('/api/widget/identify', this.#identity);
  }

  sendContext(): void {
    if (this.#context) this.outbox.sendFirst('/api/widget/conversations/{id}/context', { context: this.#context });
  }
}
