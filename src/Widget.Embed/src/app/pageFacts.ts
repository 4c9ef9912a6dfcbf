/** What the page says about its visitor and about itself. Each new session gets it before the next message. */
import type { ContextValues, Identity } from '../contract';
import type { Outbox } from './outbox';

/** An identity that the page can prove. */
export type ProvedIdentity = Identity & { id: string; hash: string };

export class PageFacts {
  #identity: Identity | undefined;
  #context: Record<string, string> | undefined;

  constructor(private readonly outbox: Outbox) {}

  /** Returns whether the session has to be opened again, because the page proves an identity. */
  identify(identity: Identity): boolean {
    const before = this.proved;
    this.#identity = clean(identity);
    const { proved } = this;
    return proved !== undefined && (proved.id !== before?.id || proved.hash !== before.hash);
  }

  /** The identity, if the page proves it. */
  get proved(): ProvedIdentity | undefined {
    const { id, name, email, hash } = this.#identity ?? {};
    return id && hash ? ({ id: id, name, email, hash } as ProvedIdentity) : undefined;
  }

  /** Names in the page's description of itself, for example of a product. */
  get names(): string[] {
    return Object.values(this.#context ?? {});
  }

  setContext(context: ContextValues): void {
    // The API takes strings. Pages also pass numbers, null and undefined.
    this.#context = Object.fromEntries(
      Object.entries(context).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, String(value)]],
      ),
    );
  }

  /** Forgets the visitor. The page's context stays. */
  forget(): void {
    this.#identity = undefined;
  }

  /** A proved identity is part of the session. */
  sendIdentity(): void {
    if (this.#identity && !this.proved) this.outbox.sendFirst('/api/widget/identify', this.#identity);
  }

  sendContext(): void {
    if (this.#context) this.outbox.sendFirst('/api/widget/conversations/{id}/context', { context: this.#context });
  }
}

/** The API takes strings. Pages also pass numbers, and empty values for what they do not know. Undefined if nothing is left. */
function clean(identity: Identity): Identity | undefined {
  const facts = (['id', 'name', 'email', 'hash'] as const).flatMap((name) => {
    const value: unknown = identity[name];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    return text === '' ? [] : [[name, text]];
  });
  return facts.length > 0 ? (Object.fromEntries(facts) as Identity) : undefined;
}
