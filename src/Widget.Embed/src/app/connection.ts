/**
 * The one owner of the line to the server: opens the session, keeps a transport, watches the conversation from the last event seen,
 * and sends what has not been sent. Whatever breaks, it comes back; what the server refuses for good, it says.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { ApiError, request } from './api';
import type { AnswerUpdate, ConversationUpdate, OutgoingMessage, Session } from './events';
import { httpTransport } from './transport/http';
import type { Transport } from './transport/transport';

export type Status =
  | { state: 'connecting' | 'online' | 'reconnecting' | 'offline' }
  /** The server will not have this page; trying again on its own would not help. */
  | { state: 'refused'; reason: string };

export interface Listener {
  session(session: Session): void;
  update(update: ConversationUpdate): void;
  answer(update: AnswerUpdate): void;
  /** The server will not take a message, and why. */
  refused(clientId: string, reason: string): void;
  /** The last event seen. */
  seen(): number;
  /** What is still to be sent, oldest first. */
  unsent(): OutgoingMessage[];
}

const firstDelay = 500;
const longestDelay = 15_000;
/** A WebSocket that fails this often while plain requests pass is being kept out. */
const hubFailuresBeforeHttp = 2;

export class Connection {
  readonly status: ReadonlySignal<Status>;
  readonly #status = signal<Status>({ state: 'connecting' });
  #session: Session | undefined;
  #transport: Transport | undefined;
  #hubFailures = 0;
  #refusals = 0;
  #closed = false;
  #wake: (() => void) | undefined;
  /** Messages on their way, by client id. */
  readonly #sending = new Set<string>();

  constructor(
    private readonly api: string,
    private readonly siteKey: string,
    private readonly visitorId: () => string | undefined,
    private readonly listener: Listener,
  ) {
    this.status = this.#status;
    window.addEventListener('online', this.#retry);
    window.addEventListener('offline', this.#lost);
  }

  /** Keeps the line until closed. */
  async run(newConversation = false): Promise<void> {
    let fresh = newConversation;
    let failures = 0;
    while (!this.#closed) {
      try {
        const session = await this.#open(fresh);
        fresh = false;
        this.#transport = await this.#connect(session);
        const watching = this.#transport.watch(this.listener.seen(), (update) => {
          failures = 0;
          this.#refusals = 0;
          this.listener.update(update);
        });
        this.#status.value = { state: 'online' };
        this.flush();
        await watching;
      } catch (error) {
        if (this.#giveUp(error)) return;
      }
      this.#transport?.close();
      this.#transport = undefined;
      if (this.#isClosed()) return;
      this.#status.value = { state: navigator.onLine ? 'reconnecting' : 'offline' };
      await this.#pause(failures++);
    }
  }

  /** Sends what is still to be sent, if the line is there; otherwise it is sent when it is. */
  flush(): void {
    const transport = this.#transport;
    if (!transport) return;
    for (const message of this.listener.unsent()) {
      if (this.#sending.has(message.clientId)) continue;
      this.#sending.add(message.clientId);
      transport
        .ask(message, (update) => this.listener.answer(update))
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.status !== 401 && error.status < 500)
            this.listener.refused(message.clientId, error.message);
          // Otherwise the line broke: it is sent again, with the same id, on the next one.
        })
        .finally(() => this.#sending.delete(message.clientId));
    }
  }

  async stop(messageId: string): Promise<void> {
    await this.#transport?.stop(messageId);
  }

  /** A request on the conversation beside the line. */
  async post(path: string, body: unknown): Promise<void> {
    const session = await this.#open(false);
    await request(this.api, path.replace('{id}', session.conversationId), { token: session.token, body });
  }

  /** Tries at once instead of at the end of the pause. */
  retry(): void {
    if (this.#status.value.state === 'refused') {
      this.#status.value = { state: 'connecting' };
      void this.run();
    } else {
      this.#retry();
    }
  }

  close(): void {
    this.#closed = true;
    window.removeEventListener('online', this.#retry);
    window.removeEventListener('offline', this.#lost);
    this.#transport?.close();
    this.#wake?.();
  }

  readonly #retry = (): void => this.#wake?.();

  readonly #lost = (): void => {
    this.#status.value = { state: 'offline' };
    this.#transport?.close();
  };

  async #open(newConversation: boolean): Promise<Session> {
    const soon = Date.now() + 60_000;
    if (this.#session && !newConversation && Date.parse(this.#session.expiresAt) > soon) return this.#session;
    const response = await request(this.api, '/api/widget/session', {
      body: { siteKey: this.siteKey, visitorId: this.visitorId(), page: location.href.slice(0, 2000), newConversation },
    });
    this.#session = (await response.json()) as Session;
    this.listener.session(this.#session);
    return this.#session;
  }

  async #connect(session: Session): Promise<Transport> {
    const place = { api: this.api, conversationId: session.conversationId, token: session.token };
    if (this.#hubFailures >= hubFailuresBeforeHttp) return httpTransport(place);
    const { hubTransport } = await import('./transport/hub');
    try {
      const transport = await hubTransport(place);
      this.#hubFailures = 0;
      return transport;
    } catch (error) {
      this.#hubFailures++;
      throw error;
    }
  }

  /** Whether the server has refused for good. */
  #giveUp(error: unknown): boolean {
    if (!(error instanceof ApiError)) return false;
    if (error.status >= 500 || error.status === 429 || error.status === 408) return false;
    // A session may have ended, or its conversation been erased: another is opened, once.
    const opened = this.#session !== undefined;
    this.#session = undefined;
    if (opened && this.#refusals++ === 0) return false;
    this.#status.value = { state: 'refused', reason: error.message };
    return true;
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  async #pause(failures: number): Promise<void> {
    const delay = Math.min(longestDelay, firstDelay * 2 ** failures);
    await new Promise<void>((resolve) => {
      // Spread, so that a server that was away is not met by everyone at once.
      const timer = setTimeout(resolve, delay * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
