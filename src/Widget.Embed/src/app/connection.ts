/**
 * Owns the connection to the server: opens the session, keeps a transport open, follows the conversation from the last event seen, and
 * sends unsent messages. Reconnects after any failure, and reports what the server refuses for good.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { abilities } from './abilities';
import { ApiError, request } from './api';
import type { Relay, RelayListener } from './call';
import type { AnswerUpdate, ConversationUpdate, OutgoingMessage, Session } from './events';
import type { ProvedIdentity } from './pageFacts';
import { NativePromise } from './pristine';
import type { Transport } from './transport/transport';

export type Status =
  | { state: 'connecting' | 'online' | 'reconnecting' | 'offline' | 'busy' }
  /** The server does not allow the widget on this page. Retrying automatically would not help. */
  | { state: 'refused' };

/** Whose session is opened, and in which language. */
export interface Opening {
  visitorId?: string | undefined;
  /** Without it, the visitor's last conversation is opened. */
  conversationId?: string | undefined;
  identity?: ProvedIdentity | undefined;
  locale?: string;
}

export interface Listener {
  session(session: Session): void;
  /** The identity or its proof is wrong. The session is opened without it. */
  identityRefused(reason: string): void;
  update(update: ConversationUpdate): void;
  /** @param question The client id of the message that is answered. */
  answer(update: AnswerUpdate, question: string): void;
  /** The server has refused a message. */
  refused(clientId: string, error: ApiError): void;
  /** A transport is open. */
  online(): void;
  /** The server does not allow the widget on this page. */
  unavailable(error: ApiError): void;
  /** The seq of the last event seen. */
  seen(): number;
  /** Messages to be sent, oldest first. */
  unsent(): OutgoingMessage[];
  /** Settles when every request that must arrive before the next message has arrived. */
  settled(): Promise<void>;
}

const firstDelay = 500;
const maxDelay = 15_000;
/** The longest time to wait while another tab opens the visitor's first session. */
const maxLockTime = 5_000;
/** If WebSockets fail this often while plain requests succeed, the network blocks them. */
const hubFailuresBeforeHttp = 2;

export class Connection {
  readonly status: ReadonlySignal<Status>;
  /** The server's rate limit is reached. Unsent messages wait until it allows more. */
  readonly busy = signal(false);
  /** After a rate limit, each message waits for the one before it, so that none is overtaken and few are refused. */
  #inOrder = false;
  readonly #status = signal<Status>({ state: 'connecting' });
  #session: Session | undefined;
  #transport: Transport | undefined;
  #hubFailures = 0;
  #sendFailures = 0;
  #refusals = 0;
  #closed = false;
  /** Ends the current pause between attempts. */
  #wake: (() => void) | undefined;
  /** Client ids of the messages being sent. */
  readonly #sending = new Set<string>();

  constructor(
    private readonly api: string,
    private readonly siteKey: string,
    private readonly opening: () => Opening,
    private readonly listener: Listener,
  ) {
    this.status = this.#status;
    window.addEventListener('online', this.#retry);
    window.addEventListener('offline', this.#offline);
  }

  /** Keeps a transport open until `close`. */
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
        if (this.#isClosed() || this.#isFinal(error)) return;
        wait = (error as ApiError).wait;
      }
      this.#transport?.close();
      this.#transport = undefined;
      if (this.#isClosed()) return;
      // The network may have changed, so WebSockets get one more try.
      this.#hubFailures = Math.min(this.#hubFailures, hubFailuresBeforeHttp - 1);
      this.#status.value = { state: !navigator.onLine ? 'offline' : wait ? 'busy' : 'reconnecting' };
      await this.#pause(Math.max(failures++, this.#sendFailures), wait);
    }
  }

  /** Sends the unsent messages if there is a transport. Otherwise they are sent once there is one. */
  async flush(): Promise<void> {
    await this.listener.settled();
    const transport = this.#transport;
    if (!transport || this.#isClosed() || this.busy.value) return;
    const unsent = this.listener.unsent();
    this.#inOrder &&= unsent.length > 0;
    for (const message of unsent) {
      if (!this.#sending.has(message.clientId)) this.#send(transport, message);
      if (this.#inOrder) return;
    }
  }

  /** Undefined if there is no transport or it cannot relay. */
  relay(sessionId: string, listener: RelayListener): Relay | undefined {
    return this.#transport?.relay?.(sessionId, listener);
  }

  async stop(messageId: string): Promise<void> {
    await this.#transport?.stop(messageId);
  }

  /**
   * Posts a request of this conversation outside the transport.
   * @param keepalive Lets the request outlive the page.
   */
  async post(
    path: string,
    body: unknown,
    keepalive = false,
    more: { accept?: string; signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { conversationId, token } = await this.#open(false);
    return request(this.api, path.replace('{id}', conversationId), { token, body, keepalive, ...more });
  }

  /** The open session, for requests that are not made here. */
  session(): Promise<Session> {
    return this.#open(false);
  }

  /** Tries to connect now instead of at the end of the pause. */
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
    window.removeEventListener('offline', this.#offline);
    this.#transport?.close();
    this.#wake?.();
  }

  readonly #retry = (): void => this.#wake?.();

  readonly #offline = (): void => {
    if (this.#status.value.state === 'refused') return;
    this.#status.value = { state: 'offline' };
    this.#transport?.close();
  };

  #send(transport: Transport, message: OutgoingMessage): void {
    this.#sending.add(message.clientId);
    transport
      .ask(message, (update) => {
        this.#sendFailures = 0;
        if (!this.#isClosed()) this.listener.answer(update, message.clientId);
        if (this.#inOrder) void this.flush();
      })
      .catch((error: unknown) => {
        if (!this.#isClosed()) this.#sendFailed(transport, message, error);
      })
      .finally(() => this.#sending.delete(message.clientId));
  }

  #sendFailed(transport: Transport, { clientId }: OutgoingMessage, error: unknown): void {
    const { wait } = error as ApiError;
    if (wait) {
      this.#inOrder = true;
      if (this.busy.value) return;
      this.busy.value = true;
      setTimeout(() => {
        this.busy.value = false;
        void this.flush();
      }, wait);
    } else if (error instanceof ApiError && error.status !== 401 && error.status < 500) {
      this.listener.refused(clientId, error);
    } else {
      // Sent again with the same id on a new transport, even if only this request failed.
      this.#sendFailures++;
      if (error instanceof ApiError && error.status === 401) this.#session = undefined;
      transport.close();
    }
  }

  async #open(newConversation: boolean): Promise<Session> {
    const soon = Date.now() + 60_000;
    if (this.#session && !newConversation && Date.parse(this.#session.expiresAt) > soon) return this.#session;
    const open = (): Promise<Session> => this.#request(newConversation);
    // Two tabs that are opened at once must not become two visitors.
    const locks = this.opening().visitorId ? undefined : (navigator.locks as LockManager | undefined);
    if (!locks) return open();
    const progress = { started: false };
    const signal = AbortSignal.timeout(maxLockTime);
    try {
      return await locks.request(`widget:${this.siteKey}`, { signal }, () => {
        progress.started = true;
        return open();
      });
    } catch (error) {
      // Locks are not available on every page.
      if (progress.started) throw error;
      return open();
    }
  }

  async #request(newConversation: boolean): Promise<Session> {
    // Closed while it waited for another tab.
    if (this.#isClosed()) throw new Error('The connection was closed.');
    const opening = this.opening();
    let response;
    try {
      response = await request(this.api, '/api/widget/session', {
        body: {
          siteKey: this.siteKey,
          ...opening,
          page: location.href.slice(0, 2000),
          newConversation,
          abilities: abilities(),
        },
      });
    } catch (error) {
      const { problem, status } = error as Partial<ApiError>;
      if (!opening.identity || (problem?.code !== 'identity' && status !== 400) || this.#isClosed()) throw error;
      this.listener.identityRefused((error as ApiError).message);
      return this.#request(newConversation);
    }
    const session = (await response.json()) as Session;
    if (this.#isClosed()) throw new Error('The connection was closed.');
    this.#session = session;
    this.listener.session(session);
    return session;
  }

  async #connect(session: Session): Promise<Transport> {
    const target = { api: this.api, conversationId: session.conversationId, token: session.token };
    try {
      const { hubTransport } = await import('./transport/hub');
      const transport = await hubTransport(target);
      this.#hubFailures = 0;
      return transport;
    } catch (error) {
      this.#hubFailures++;
      if (this.#hubFailures >= hubFailuresBeforeHttp) {
        const { httpTransport } = await import('./transport/http');
        return httpTransport(target);
      }
      // Opening a new session with a plain request shows whether only WebSockets fail.
      this.#session = undefined;
      throw error;
    }
  }

  /** Whether the server refuses for good. */
  #isFinal(error: unknown): boolean {
    if (!(error instanceof ApiError)) return false;
    if (error.status >= 500 || error.wait || error.status === 408) return false;
    // The session may have expired, or its conversation been erased. Tries once with a new session.
    const opened = this.#session !== undefined;
    this.#session = undefined;
    if (opened && this.#refusals++ === 0) return false;
    this.#status.value = { state: 'refused' };
    this.listener.unavailable(error);
    return true;
  }

  // A method, because TypeScript assumes that a field does not change during an await.
  #isClosed(): boolean {
    return this.#closed;
  }

  async #pause(failures: number, wait?: number): Promise<void> {
    const delay = Math.min(maxDelay, firstDelay * 2 ** failures);
    await new NativePromise<void>((resolve) => {
      // Jitter, so that not everyone reconnects at once after an outage.
      const timer = setTimeout(resolve, wait ?? delay * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
