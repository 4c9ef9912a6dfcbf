/** The visitor's session: opens it, keeps the connection, and follows other tabs. What the visitor does in it is in store.ts. */
import { batch, computed, signal } from '@preact/signals';
import type { ContextValues, Host, Identity } from '../contract';
import type { Relay, RelayListener } from './call';
import { Connection, type Opening, type Status } from './connection';
import type { VisitorItem } from './conversation';
import { ConversationState } from './conversationState';
import type { Config, ConversationUpdate, OutgoingMessage, Session } from './events';
import { chooseLocale, locale, setLocale } from './i18n';
import { Outbox } from './outbox';
import { PageFacts } from './pageFacts';
import { storage } from './storage';

/** Many pages learn only after they have loaded who the visitor is. */
const proofWait = 1_500;

export abstract class VisitorSession {
  readonly memory;
  readonly config = signal<Config | undefined>(undefined);
  readonly thread: ConversationState;
  /** The visitor has been here before. */
  readonly knownVisitor: boolean;
  protected readonly connection = signal<Connection | undefined>(undefined);
  protected readonly outbox = new Outbox(
    (path, body) => this.connection.value?.post(path, body),
    (error) => this.#emitError(error),
  );
  protected readonly pageFacts = new PageFacts(this.outbox);
  /** The visitor that this tab shows, or whose session it opens. */
  #visitorId: string | undefined;
  /** A session is being opened. */
  #opening = false;
  /** Waits for the page to prove who the visitor is. */
  #proofTimer: ReturnType<typeof setTimeout> | undefined;
  /** The earlier conversation that the visitor has opened, until it is loaded. */
  #wanted: string | undefined;

  readonly status = computed<Status>(() => this.connection.value?.status.value ?? { state: 'connecting' });
  /** The server's rate limit is reached, and messages wait. */
  readonly busy = computed(() => !!this.connection.value?.busy.value);
  readonly #unwatch: () => void;

  constructor(readonly host: Host) {
    this.memory = storage(host.siteKey);
    this.#visitorId = this.memory.get().visitorId;
    this.knownVisitor = this.#visitorId !== undefined;
    this.thread = new ConversationState(this.memory);
    this.#unwatch = this.memory.watch(() => this.#followTabs());
  }

  /** Connects to the server, once. */
  connect(): void {
    if (this.connection.value || this.#proofTimer) return;
    // Without the proof the server would open the session of a new visitor, and what this one has written would be lost.
    if (this.memory.get().verified && !this.pageFacts.proved)
      this.#proofTimer = setTimeout(() => this.#start(false), proofWait);
    else this.#start(false);
  }

  retry(): void {
    this.connection.value?.retry();
  }

  /** Posts a request of this conversation, and again whenever the connection is back. */
  deliver(path: string, body: { clientId: string }): void {
    void this.outbox.deliver({ path, body });
  }

  session(): Promise<Session> {
    return this.#requireConnection().session();
  }

  identify(identity: Identity): void {
    const isProof = this.pageFacts.identify(identity);
    // The session is opened again, with the proof.
    if (isProof && (this.connection.value ?? this.#proofTimer)) this.#reopen();
    else if (this.conversationId) this.pageFacts.sendIdentity();
  }

  setContext(context: ContextValues): void {
    this.pageFacts.setContext(context);
    if (this.conversationId) this.pageFacts.sendContext();
  }

  get conversationId(): string | undefined {
    return this.thread.id;
  }

  async post<T>(path: string, body: unknown, keepalive = false): Promise<T> {
    const response = await this.#requireConnection().post(path, body, keepalive);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#requireConnection().post(path, undefined)).json()) as T;
  }

  async request(path: string, body: unknown, more: { accept?: string; signal?: AbortSignal }): Promise<Response> {
    return this.#requireConnection().post(path, body, false, more);
  }

  relay(sessionId: string, listener: RelayListener): Relay | undefined {
    return this.connection.value?.relay(sessionId, listener);
  }

  /** Forgets the visitor and their conversation in this tab; the loader has emptied what the browser remembers. */
  reset(): void {
    this.pageFacts.forget();
    this.memory.clear();
    this.#forget();
  }

  destroy(): void {
    this.#unwatch();
    clearTimeout(this.#proofTimer);
    this.connection.value?.close();
  }

  /** Begins a new conversation, or opens an earlier one. */
  protected startConversation(id?: string): void {
    this.#leave();
    this.#wanted = id;
    this.#start(id === undefined);
  }

  /** Ends everything in the panel that belongs to the conversation. */
  protected abstract leaveConversation(): void;

  /** Removes from the panel what another person has written and opened. */
  protected abstract clearPanel(): void;

  /** Closes the panel of a visitor who is forgotten. Returns whether it stays open, as on the hosted page. */
  protected abstract closePanel(): boolean;

  /**
   * A session is open. The panel does not have its configuration yet.
   * @param continues The visitor's conversation has messages.
   */
  protected abstract sessionOpened(continues: boolean): void;

  protected abstract endCall(): void;

  protected abstract update(update: ConversationUpdate): void;

  /** The company requires what the visitor has not given. */
  protected abstract askFirst(clientId: string): void;

  #leave(): void {
    clearTimeout(this.#proofTimer);
    this.#proofTimer = undefined;
    this.leaveConversation();
    this.outbox.clear();
    this.connection.value?.close();
  }

  #forget(): void {
    this.#leave();
    this.#visitorId = undefined;
    this.#wanted = undefined;
    this.#opening = false;
    const isOpen = batch(() => {
      this.clearPanel();
      this.config.value = undefined;
      this.connection.value = undefined;
      return this.closePanel();
    });
    if (isOpen) this.connect();
  }

  /** Opens the session again: the visitor may be another one. */
  #reopen(): void {
    this.endCall();
    this.connection.value?.close();
    this.#start(false);
  }

  /** Another tab has read something, has forgotten the visitor, or has a session of another one. */
  #followTabs(): void {
    const { visitorId } = this.memory.get();
    if (!this.#visitorId || visitorId === this.#visitorId) this.thread.followRead();
    else if (visitorId === undefined) this.reset();
    // With a proof, the server says whose session this tab is opening.
    else if (!(this.#opening && this.pageFacts.proved)) this.#forget();
  }

  #start(newConversation: boolean): void {
    clearTimeout(this.#proofTimer);
    this.#proofTimer = undefined;
    this.#opening = true;
    const opening = (): Opening => {
      const { visitorId } = this.memory.get();
      // The tab follows, too, when another one forgets the visitor before the session is open.
      this.#visitorId ??= visitorId;
      const conversationId = this.#wanted ?? this.conversationId;
      return { visitorId, conversationId, identity: this.pageFacts.proved, locale: locale.value };
    };
    const connection = new Connection(this.host.api, this.host.siteKey, opening, {
      session: (session) => this.#sessionOpened(session),
      identityRefused: (reason) => {
        console.warn(`Widget: ${reason} The visitor is not identified.`);
        this.pageFacts.forget();
      },
      update: (update) => this.update(update),
      answer: (update, question) => this.thread.applyAnswer(update, question),
      refused: (clientId, { message, problem }) => {
        if (problem.code === 'pre_chat') this.askFirst(clientId);
        else {
          this.thread.markRefused(clientId, message);
          this.host.emit('error', { message });
        }
      },
      online: () => void this.outbox.redeliver(),
      // Visitors can do nothing about a wrong key or site, so they don't see the message.
      unavailable: ({ message }) => {
        console.warn(`Widget: ${message}`);
        this.host.emit('error', { message });
      },
      settled: () => this.outbox.settled,
      seen: () => this.thread.conversation.value.seq,
      unsent: () => this.thread.unsent().map(toOutgoing),
    });
    this.connection.value = connection;
    void connection.run(newConversation);
  }

  #sessionOpened({ config, conversationId, lastSeq, visitorId, verified = false }: Session): void {
    const before = this.memory.get();
    // Text that somebody else has written must not be sent or shown. A visitor who signs in is the same person, so it is kept.
    if (before.visitorId && before.visitorId !== visitorId && (before.verified || !verified)) {
      for (const { clientId } of this.memory.unsent()) this.memory.dropUnsent(clientId);
      this.outbox.clear();
      batch(() => {
        this.thread.clear();
        this.clearPanel();
      });
    }
    this.#opening = false;
    this.#visitorId = visitorId;
    this.memory.set({ visitorId, verified });
    this.#wanted = undefined;
    this.thread.sessionOpened(conversationId, lastSeq);
    const returns = !before.visitorId || before.visitorId === visitorId;
    this.sessionOpened(returns && (lastSeq > 0 || this.memory.unsent().length > 0));
    const { color, position, scheme } = config.theme;
    // Before the configuration: the theme is computed from the colors that this sets.
    this.host.setAppearance({
      color,
      position,
      scheme,
      logoUrl: config.logoUrl ?? null,
      triggers: config.triggers ?? this.host.appearance()?.triggers,
    });
    this.config.value = config;
    if (config.locale !== 'auto' && !this.host.locale) void setLocale(chooseLocale([config.locale]));
    this.pageFacts.sendIdentity();
    this.pageFacts.sendContext();
  }

  #requireConnection(): Connection {
    if (!this.connection.value) throw new Error('There is no connection.');
    return this.connection.value;
  }

  #emitError(error: unknown): void {
    this.host.emit('error', { message: error instanceof Error ? error.message : String(error) });
  }
}

function toOutgoing({ clientId, text, attachments }: VisitorItem): OutgoingMessage {
  return {
    clientId,
    text,
    page: location.href.slice(0, 2000),
    locale: locale.value,
    ...(attachments?.length && { attachments: attachments.map(({ id }) => id) }),
  };
}
