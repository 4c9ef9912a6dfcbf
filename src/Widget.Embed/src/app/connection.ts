/**
 * The one owner of the line to the server: opens the session, keeps a transport, watches the conversation from the last event seen,
 * and sends what has not been sent. Whatever breaks, it comes back; what the server refuses for good, it says.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { abilities } from './abilities';
import { ApiError, request } from './api';
import type { Relay, RelayListener } from './call';
import type { AnswerUpdate, ConversationUpdate, OutgoingMessage, Session } from './events';
import type { Transport } from './transport/transport';

export type Status =
  | { state: 'connecting' | 'online' | 'reconnecting' | 'offline' | 'busy' }
  /** The server will not have this page; trying again on its own would not help. */
  | { state: 'refused'; reason: string };

export interface Listener {
  session(session: Session): void;
  update(update: ConversationUpdate): void;
  answer(update: AnswerUpdate): void;
  /** The server will not take a message, and why. */
  refused(clientId: string, reason: string): void;
  /** The line is there. */
  online(): void;
  /** The server will not have this page, and why. */
  unavailable(reason: string): void;
  /** The last event seen. */
  seen(): number;
  /** What is still to be sent, oldest first. */
  unsent(): OutgoingMessage[];
  /** Settles when what a message must not overtake has arrived. */
  settled(): Promise<void>;
}

const firstDelay = 500;
const longestDelay = 15_000;
/** A WebSocket that fails this often, each time after a plain request has passed, is being kept out. */
const hubFailuresBeforeHttp = 2;

export class Connection {
  readonly status: ReadonlySignal<Status>;
  /** The server takes no message just now; what is unsent is sent when it does. */
  readonly busy = signal(false);
  readonly #status = signal<Status>({ state: 'connecting' });
  #session: Session | undefined;
  #transport: Transport | undefined;
  #hubFailures = 0;
  #sendFailures = 0;
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
      let wait: number | undefined;
      try {
        const session = await this.#open(fresh);
        fresh = false;
        this.#transport = await this.#connect(session);
        if (this.#isClosed()) {
          this.#transport.close();
          return;
        }
        const watching = this.#transport.watch(this.listener.seen(), (update) => {
          failures = 0;
          this.#refusals = 0;
          if (!this.#isClosed()) this.listener.update(update);
        });
        this.#status.value = { state: 'online' };
        this.listener.online();
        void this.flush();
        await watching;
      } catch (error) {
        if (this.#isClosed() || this.#giveUp(error)) return;
        wait = (error as ApiError).wait;
      }
      this.#transport?.close();
      this.#transport = undefined;
      if (this.#isClosed()) return;
      // The network may be another one by now, so a WebSocket gets one more chance.
      this.#hubFailures = Math.min(this.#hubFailures, hubFailuresBeforeHttp - 1);
      this.#status.value = { state: !navigator.onLine ? 'offline' : wait ? 'busy' : 'reconnecting' };
      await this.#pause(Math.max(failures++, this.#sendFailures), wait);
    }
  }

  /** Sends what is still to be sent, if the line is there; otherwise it is sent when it is. */
  async flush(): Promise<void> {
    await this.listener.settled();
    const transport = this.#transport;
    if (!transport || this.#isClosed() || this.busy.value) return;
    for (const message of this.listener.unsent()) {
      if (this.#sending.has(message.clientId)) continue;
      this.#sending.add(message.clientId);
      transport
        .ask(message, (update) => {
          this.#sendFailures = 0;
          if (!this.#isClosed()) this.listener.answer(update);
        })
        .catch((error: unknown) => {
          if (this.#isClosed()) return;
          const { wait } = error as ApiError;
          if (wait) {
            this.busy.value = true;
            setTimeout(() => {
              this.busy.value = false;
              void this.flush();
            }, wait);
            return;
          }
          if (error instanceof ApiError && error.status !== 401 && error.status < 500) {
            this.listener.refused(message.clientId, error.message);
            return;
          }
          // It is sent again, with the same id, on a new line, even if only this request failed.
          this.#sendFailures++;
          if (error instanceof ApiError && error.status === 401) this.#session = undefined;
          transport.close();
        })
        .finally(() => this.#sending.delete(message.clientId));
    }
  }

  /** Undefined where the line cannot, or is not there. */
  relay(sessionId: string, listener: RelayListener): Relay | undefined {
    return this.#transport?.relay?.(sessionId, listener);
  }

  async stop(messageId: string): Promise<void> {
    await this.#transport?.stop(messageId);
  }

  /** A request on the conversation beside the line; kept alive, it outlives the page. */
  async post(
    path: string,
    body: unknown,
    keepalive = false,
    more: { accept?: string; signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { conversationId, token } = await this.#open(false);
    return request(this.api, path.replace('{id}', conversationId), { token, body, keepalive, ...more });
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
    if (this.#status.value.state === 'refused') return;
    this.#status.value = { state: 'offline' };
    this.#transport?.close();
  };

  async #open(newConversation: boolean): Promise<Session> {
    const soon = Date.now() + 60_000;
    if (this.#session && !newConversation && Date.parse(this.#session.expiresAt) > soon) return this.#session;
    const response = await request(this.api, '/api/widget/session', {
      body: {
        siteKey: this.siteKey,
        visitorId: this.visitorId(),
        page: location.href.slice(0, 2000),
        newConversation,
        abilities: abilities(),
      },
    });
    const session = (await response.json()) as Session;
    if (this.#isClosed()) throw new Error('Closed meanwhile.');
    this.#session = session;
    this.listener.session(session);
    return session;
  }

  async #connect(session: Session): Promise<Transport> {
    const place = { api: this.api, conversationId: session.conversationId, token: session.token };
    try {
      const { hubTransport } = await import('./transport/hub');
      const transport = await hubTransport(place);
      this.#hubFailures = 0;
      return transport;
    } catch (error) {
      this.#hubFailures++;
      if (this.#hubFailures >= hubFailuresBeforeHttp) {
        const { httpTransport } = await import('./transport/http');
        return httpTransport(place);
      }
      // Whether it is the WebSocket alone that fails, a new session by a plain request will tell.
      this.#session = undefined;
      throw error;
    }
  }

  /** Whether the server has refused for good. */
  #giveUp(error: unknown): boolean {
    if (!(error instanceof ApiError)) return false;
    if (error.status >= 500 || error.wait || error.status === 408) return false;
    // A session may have ended, or its conversation been erased: another is opened, once.
    const opened = this.#session !== undefined;
    this.#session = undefined;
    if (opened && this.#refusals++ === 0) return false;
    this.#status.value = { state: 'refused', reason: error.message };
    this.listener.unavailable(error.message);
    return true;
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  async #pause(failures: number, wait?: number): Promise<void> {
    const delay = Math.min(longestDelay, firstDelay * 2 ** failures);
    await new Promise<void>((resolve) => {
      // Spread, so that a server that was away is not met by everyone at once.
      const timer = setTimeout(resolve, wait ?? delay * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
