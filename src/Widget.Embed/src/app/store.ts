/** The panel's state, as signals, and the visitor's actions. */
import { batch, computed, signal } from '@preact/signals';
import type { ContextValues, Host, Identity } from '../contract';
import { Connection, type Status } from './connection';
import type { Dictation, Speech } from './speech';
import * as thread from './conversation';
import type { Citation, Config, ConversationEvent, OutgoingMessage, Rating, Session } from './events';
import { chooseLocale, fill, locale, setLocale, words } from './i18n';
import { newId } from './ids';
import { LazyModule } from './lazyModule';
import type { CallHost, DictationHost, Modules, SpeechHost } from './moduleHost';
import { Outbox } from './outbox';
import { storage } from './storage';
import type { CallMode, LiveCall, Relay, RelayListener } from './call';

export const longestMessage = 4000;

export class Store implements CallHost, SpeechHost, DictationHost {
  readonly open = signal(false);
  readonly config = signal<Config | undefined>(undefined);
  readonly conversation = signal<thread.Conversation>(thread.empty);
  readonly draft = signal('');
  /** The citation whose passage is open. */
  readonly source = signal<Citation | undefined>(undefined);
  readonly unread = signal(0);
  readonly status = computed<Status>(() => this.#connection.value?.status.value ?? { state: 'connecting' });
  /** The server's rate limit is reached, and messages wait. */
  readonly busy = computed(() => !!this.#connection.value?.busy.value);
  readonly answering = computed(() => thread.answering(this.conversation.value));
  readonly awaiting = computed(() => !this.busy.value && thread.awaiting(this.conversation.value));
  /** A request for a person that has not reached the server yet. */
  readonly personAsked = signal(false);
  /** The last event in the log when the session was opened. Later ones are new to the visitor. */
  readonly known = signal(0);

  /** The call, until the visitor has closed its final message. */
  readonly call = signal<LiveCall | undefined>(undefined);
  /** Whether a call module is loading, or could not be loaded. */
  readonly callLoading = signal<{ mode: CallMode; state: 'loading' | 'missing' } | undefined>(undefined);

  readonly speech = new LazyModule<Speech>(async (): Promise<Speech> => (await this.modules.speech())(this));
  readonly dictation = new LazyModule<Dictation>(async (): Promise<Dictation> =>
    (await this.modules.dictation())(this),
  );

  readonly #connection = signal<Connection | undefined>(undefined);
  readonly #memory;
  #conversationId: string | undefined;
  #identity: Identity | undefined;
  #context: Record<string, string> | undefined;
  readonly #outbox = new Outbox(
    (path, body) => this.#connection.value?.post(path, body),
    (error) => this.#emitError(error),
  );
  #destroyed = false;

  constructor(
    readonly host: Host,
    private readonly modules: Modules,
  ) {
    this.#memory = storage(host.siteKey);
    // A customer's page knows the language of its visitors. The hosted page does not, so there the browser decides.
    const pageLocale = host.mode === 'page' ? undefined : document.documentElement.lang;
    void setLocale(chooseLocale([host.locale, pageLocale, ...navigator.languages]));
  }

  /** Connects to the server, once. */
  connect(): void {
    if (!this.#connection.value) this.#start(false);
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '') return;
    if (trimmed.length > longestMessage) {
      // Only the page's own `ask` can send this much. The text field then shows the problem.
      this.draft.value = text;
      this.host.emit('error', { message: fill(words.value.tooLong, { n: trimmed.length - longestMessage }) });
      return;
    }
    this.host.emit('message', { text: trimmed });
    if (!this.call.value?.say(trimmed)) this.write(trimmed);
  }

  write(text: string): void {
    this.conversation.value = thread.send(this.conversation.value, newId(), text);
    this.#rememberUnsent();
    this.connect();
    void this.#connection.value?.flush();
  }

  offers(mode: CallMode): boolean {
    return !!this.config.value?.modes.includes(mode) && (mode === 'video' || 'RTCPeerConnection' in window);
  }

  /** Starts a call in place of the current one. */
  async startCall(mode: CallMode): Promise<void> {
    if (this.call.value?.mode === mode || this.callLoading.value?.state === 'loading') return;
    this.callLoading.value = { mode, state: 'loading' };
    const conversation = this.#conversationId;
    try {
      const open = await this.modules[mode]();
      this.callLoading.value = undefined;
      // While loading, the visitor may have started a new conversation, or the widget may have been removed.
      if (conversation !== this.#conversationId || this.#destroyed) return;
      this.#endCall();
      this.call.value = open(this);
    } catch {
      this.callLoading.value = { mode, state: 'missing' };
    }
  }

  callOver(next: LiveCall | undefined): void {
    this.call.value = next;
    // The button that was clicked is gone. The visitor continues in the text field.
    if (!next) this.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus();
  }

  relay(sessionId: string, listener: RelayListener): Relay | undefined {
    return this.#connection.value?.relay(sessionId, listener);
  }

  async post<T>(path: string, body: unknown, keepalive = false): Promise<T> {
    if (!this.#connection.value) throw new Error('There is no connection.');
    const response = await this.#connection.value.post(path, body, keepalive);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async request(path: string, body: unknown, more: { accept?: string; signal?: AbortSignal }): Promise<Response> {
    if (!this.#connection.value) throw new Error('There is no connection.');
    return this.#connection.value.post(path, body, false, more);
  }

  get memory() {
    return this.#memory;
  }

  get conversationId(): string | undefined {
    return this.#conversationId;
  }

  stop(): void {
    const answer = this.answering.value;
    if (answer) void this.#connection.value?.stop(answer.messageId).catch(() => undefined);
  }

  rate(messageId: string, rating: Rating): void {
    const body = { clientId: newId(), messageId, rating };
    void this.#outbox.deliver({ path: '/api/widget/conversations/{id}/ratings', body });
  }

  requestPerson(): void {
    // A second click repeats the same request.
    if (this.personAsked.value || this.conversation.value.items.at(-1)?.kind === 'person') return;
    this.personAsked.value = true;
    void this.#outbox.deliver({
      path: '/api/widget/conversations/{id}/person',
      body: { clientId: newId() },
      done: () => {
        this.personAsked.value = false;
      },
    });
  }

  identify(identity: Identity): void {
    this.#identity = identity;
    if (this.#conversationId) this.#sendIdentity();
  }

  setContext(context: ContextValues): void {
    // The API takes strings. Pages also pass numbers, null and undefined.
    this.#context = Object.fromEntries(
      Object.entries(context).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, String(value)]],
      ),
    );
    if (this.#conversationId) this.#sendContext();
  }

  startNewConversation(): void {
    this.#endCall();
    batch(() => {
      this.conversation.value = thread.empty;
      this.unread.value = 0;
      this.source.value = undefined;
      this.known.value = 0;
      this.personAsked.value = false;
    });
    this.#conversationId = undefined;
    this.#outbox.clear();
    this.speech.cancel();
    this.dictation.cancel();
    this.#connection.value?.close();
    this.#start(true);
  }

  retry(): void {
    this.#connection.value?.retry();
  }

  /** The visitor has seen everything in the conversation. */
  read(): void {
    this.unread.value = 0;
    if (this.#conversationId)
      this.#memory.set({ read: { conversationId: this.#conversationId, seq: this.conversation.value.seq } });
  }

  destroy(): void {
    this.#destroyed = true;
    this.#endCall();
    this.#connection.value?.close();
    this.speech.destroy();
    this.dictation.destroy();
  }

  #endCall(): void {
    this.call.value?.destroy();
    this.call.value = undefined;
  }

  #start(newConversation: boolean): void {
    const connection = new Connection(this.host.api, this.host.siteKey, () => this.#memory.get().visitorId, {
      session: (session) => this.#sessionOpened(session),
      update: ({ event, answer, voice }) => {
        if (event) this.#apply(event);
        if (voice) this.call.value?.handleUpdate?.(voice);
        if (answer) this.conversation.value = thread.applyAnswer(this.conversation.value, answer);
      },
      answer: (update) => {
        this.conversation.value = thread.applyAnswer(this.conversation.value, update);
      },
      refused: (clientId, reason) => {
        this.conversation.value = thread.refuse(this.conversation.value, clientId, reason);
        this.#rememberUnsent();
        this.host.emit('error', { message: reason });
      },
      online: () => void this.#outbox.redeliver(),
      unavailable: (reason) => this.host.emit('error', { message: reason }),
      settled: () => this.#outbox.settled,
      seen: () => this.conversation.value.seq,
      unsent: () => thread.unsent(this.conversation.value).map((item) => this.#toOutgoing(item)),
    });
    this.#connection.value = connection;
    void connection.run(newConversation);
  }

  #toOutgoing(item: thread.VisitorItem): OutgoingMessage {
    return { clientId: item.clientId, text: item.text, page: location.href.slice(0, 2000), locale: locale.value };
  }

  #sessionOpened(session: Session): void {
    const { config, conversationId, visitorId } = session;
    this.#memory.set({ visitorId });
    if (conversationId !== this.#conversationId) {
      const changed = this.#conversationId !== undefined;
      this.#conversationId = conversationId;
      this.known.value = session.lastSeq;
      if (changed) this.conversation.value = { ...thread.empty, items: thread.unsent(this.conversation.value) };
      this.#restoreUnsent(conversationId);
    }
    // Before the configuration: the theme is computed from the colors that this sets.
    this.host.looks({ color: config.theme.color, position: config.theme.position });
    this.config.value = config;
    if (config.locale !== 'auto' && !this.host.locale) void setLocale(chooseLocale([config.locale]));
    this.#sendIdentity();
    this.#sendContext();
  }

  #apply(event: ConversationEvent): void {
    const before = this.conversation.value;
    this.conversation.value = thread.applyEvent(before, event);
    if (this.conversation.value === before) return;
    this.call.value?.handleEvent(event);
    if (event.kind === 'visitor_message') this.#rememberUnsent();
    // Speech was heard. Only answers and looked-up sources may still be unread.
    if (event.kind !== 'assistant_message' && event.kind !== 'knowledge_shown') return;
    if (event.kind === 'assistant_message' && event.seq > this.known.value)
      this.host.emit('answer', { text: event.text, outcome: event.outcome });
    const read = this.#memory.get().read;
    const known = read && read.conversationId === this.#conversationId ? read.seq : 0;
    if (this.open.value) this.read();
    else if (event.seq > known) this.unread.value++;
  }

  /** Restores messages that were not sent when the page was closed. */
  #restoreUnsent(conversationId: string): void {
    const known = new Set(this.conversation.value.items.map((item) => (item.kind === 'visitor' ? item.clientId : '')));
    for (const { conversationId: of, clientId, text } of this.#memory.get().unsent ?? [])
      // A message written before there was a conversation belongs to the first one.
      if ((of === conversationId || of === '') && !known.has(clientId))
        this.conversation.value = thread.send(this.conversation.value, clientId, text);
  }

  #rememberUnsent(): void {
    const conversationId = this.#conversationId ?? '';
    this.#memory.set({
      unsent: thread.unsent(this.conversation.value).map(({ clientId, text }) => ({ conversationId, clientId, text })),
    });
  }

  #sendIdentity(): void {
    if (this.#identity) this.#outbox.sendFirst('/api/widget/identify', this.#identity);
  }

  #sendContext(): void {
    if (this.#context) this.#outbox.sendFirst('/api/widget/conversations/{id}/context', { context: this.#context });
  }

  #emitError(error: unknown): void {
    this.host.emit('error', { message: error instanceof Error ? error.message : String(error) });
  }
}
