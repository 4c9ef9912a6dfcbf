/** What the panel shows, as signals, and what the visitor can do. */
import { batch, computed, signal } from '@preact/signals';
import type { ContextValues, Host, Identity } from '../contract';
import { ApiError } from './api';
import { Choice } from './choice';
import { Connection, type Status } from './connection';
import type { Dictation, Speech } from './speech';
import * as thread from './conversation';
import type { Citation, Config, ConversationEvent, OutgoingMessage, Rating, Session } from './events';
import { choose, fill, locale, speak, words } from './i18n';
import { newId } from './ids';
import type { CallHost, DictationHost, Modules, SpeechHost } from './moduleHost';
import { storage } from './storage';
import type { CallMode, LiveCall, Relay, RelayListener } from './call';

export const longestMessage = 4000;

export class Store implements CallHost, SpeechHost, DictationHost {
  readonly open = signal(false);
  readonly config = signal<Config | undefined>(undefined);
  readonly conversation = signal<thread.Conversation>(thread.empty);
  readonly draft = signal('');
  /** The passage that is being looked at. */
  readonly source = signal<Citation | undefined>(undefined);
  readonly unread = signal(0);
  readonly status = computed<Status>(() => this.#connection.value?.status.value ?? { state: 'connecting' });
  /** Messages wait until the server takes them again. */
  readonly busy = computed(() => !!this.#connection.value?.busy.value);
  readonly answering = computed(() => thread.answering(this.conversation.value));
  readonly awaiting = computed(() => !this.busy.value && thread.awaiting(this.conversation.value));
  /** A wish for a person that has not arrived yet. */
  readonly personAsked = signal(false);
  /** What the log held when the page came to it. What comes after is news. */
  readonly known = signal(0);

  /** The call, while there is one or its end is still being shown. */
  readonly call = signal<LiveCall | undefined>(undefined);
  /** How the module that makes calls is coming along. */
  readonly callLoading = signal<{ mode: CallMode; state: 'loading' | 'missing' } | undefined>(undefined);

  readonly speech = new Choice<Speech>(async (): Promise<Speech> => (await this.modules.speech())(this));
  readonly dictation = new Choice<Dictation>(async (): Promise<Dictation> => (await this.modules.dictation())(this));

  readonly #connection = signal<Connection | undefined>(undefined);
  readonly #memory;
  #conversationId: string | undefined;
  #identity: Identity | undefined;
  #context: Record<string, string> | undefined;
  #settled = Promise.resolve();
  #destroyed = false;
  /** What is to be delivered beside the messages: repeated, with the same client id, until it has arrived. */
  #undelivered: { path: string; body: { clientId: string }; done?: () => void }[] = [];

  constructor(
    readonly host: Host,
    private readonly modules: Modules,
  ) {
    this.#memory = storage(host.siteKey);
    // On a customer's page the page's language, which its visitors read; on our own the visitor's.
    const page = host.mode === 'page' ? undefined : document.documentElement.lang;
    void speak(choose([host.locale, page, ...navigator.languages]));
  }

  /** Opens the line, once. */
  connect(): void {
    if (!this.#connection.value) this.#start(false);
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '') return;
    if (trimmed.length > longestMessage) {
      // Only a page can ask so; the field then shows what is wrong.
      this.draft.value = text;
      this.host.emit('error', { message: fill(words.value.tooLong, { n: trimmed.length - longestMessage }) });
      return;
    }
    this.host.emit('message', { text: trimmed });
    if (!this.call.value?.say(trimmed)) this.write(trimmed);
  }

  write(trimmed: string): void {
    this.conversation.value = thread.send(this.conversation.value, newId(), trimmed);
    this.#remember();
    this.connect();
    void this.#connection.value?.flush();
  }

  offers(mode: CallMode): boolean {
    return !!this.config.value?.modes.includes(mode) && (mode === 'video' || 'RTCPeerConnection' in window);
  }

  /** Loads what calls need, and begins one in place of another. */
  async startCall(mode: CallMode): Promise<void> {
    if (this.call.value?.mode === mode || this.callLoading.value?.state === 'loading') return;
    this.callLoading.value = { mode, state: 'loading' };
    const conversation = this.#conversationId;
    try {
      const open = await this.modules[mode]();
      this.callLoading.value = undefined;
      // The visitor may have begun anew meanwhile, or the page removed the widget.
      if (conversation !== this.#conversationId || this.#destroyed) return;
      this.#endCall();
      this.call.value = open(this);
    } catch {
      this.callLoading.value = { mode, state: 'missing' };
    }
  }

  callOver(next: LiveCall | undefined): void {
    this.call.value = next;
    // What was pressed is gone, and writing is what comes next.
    if (!next) this.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus();
  }

  relay(sessionId: string, listener: RelayListener): Relay | undefined {
    return this.#connection.value?.relay(sessionId, listener);
  }

  async post<T>(path: string, body: unknown, keepalive = false): Promise<T> {
    if (!this.#connection.value) throw new Error('There is no line.');
    const response = await this.#connection.value.post(path, body, keepalive);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async request(path: string, body: unknown, more: { accept?: string; signal?: AbortSignal }): Promise<Response> {
    if (!this.#connection.value) throw new Error('There is no line.');
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
    void this.#deliver('/api/widget/conversations/{id}/ratings', { clientId: newId(), messageId, rating });
  }

  requestPerson(): void {
    // Pressing twice is one wish.
    if (this.personAsked.value || this.conversation.value.items.at(-1)?.kind === 'person') return;
    this.personAsked.value = true;
    void this.#deliver('/api/widget/conversations/{id}/person', { clientId: newId() }, () => {
      this.personAsked.value = false;
    });
  }

  identify(identity: Identity): void {
    this.#identity = identity;
    if (this.#conversationId) this.#tell('/api/widget/identify', identity);
  }

  setContext(context: ContextValues): void {
    // Pages say numbers, too, and leave things open.
    this.#context = Object.fromEntries(
      Object.entries(context).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, String(value)]],
      ),
    );
    if (this.#conversationId) this.#tell('/api/widget/conversations/{id}/context', { context: this.#context });
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
    this.#undelivered = [];
    this.speech.cancel();
    this.dictation.cancel();
    this.#connection.value?.close();
    this.#start(true);
  }

  retry(): void {
    this.#connection.value?.retry();
  }

  /** Everything in the conversation has been seen. */
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
      session: (session) => this.#opened(session),
      update: ({ event, answer, voice }) => {
        if (event) this.#happened(event);
        if (voice) this.call.value?.handleUpdate?.(voice);
        if (answer) this.conversation.value = thread.applyAnswer(this.conversation.value, answer);
      },
      answer: (update) => {
        this.conversation.value = thread.applyAnswer(this.conversation.value, update);
      },
      refused: (clientId, reason) => {
        this.conversation.value = thread.refuse(this.conversation.value, clientId, reason);
        this.#remember();
        this.host.emit('error', { message: reason });
      },
      online: () => void this.#redeliver(),
      unavailable: (reason) => this.host.emit('error', { message: reason }),
      settled: () => this.#settled,
      seen: () => this.conversation.value.seq,
      unsent: () => thread.unsent(this.conversation.value).map((item) => this.#outgoing(item)),
    });
    this.#connection.value = connection;
    void connection.run(newConversation);
  }

  #outgoing(item: thread.VisitorItem): OutgoingMessage {
    return { clientId: item.clientId, text: item.text, page: location.href.slice(0, 2000), locale: locale.value };
  }

  #opened(session: Session): void {
    const { config, conversationId, visitorId } = session;
    this.#memory.set({ visitorId });
    if (conversationId !== this.#conversationId) {
      const changed = this.#conversationId !== undefined;
      this.#conversationId = conversationId;
      this.known.value = session.lastSeq;
      if (changed) this.conversation.value = { ...thread.empty, items: thread.unsent(this.conversation.value) };
      this.#recall(conversationId);
    }
    // First the looks, which what follows from the settings is computed from.
    this.host.looks({ color: config.theme.color, position: config.theme.position });
    this.config.value = config;
    if (config.locale !== 'auto' && !this.host.locale) void speak(choose([config.locale]));
    if (this.#identity) this.#tell('/api/widget/identify', this.#identity);
    if (this.#context) this.#tell('/api/widget/conversations/{id}/context', { context: this.#context });
  }

  #happened(event: ConversationEvent): void {
    const before = this.conversation.value;
    this.conversation.value = thread.applyEvent(before, event);
    if (this.conversation.value === before) return;
    this.call.value?.handleEvent(event);
    if (event.kind === 'visitor_message') this.#remember();
    // What was said aloud was heard; what it brought to read was perhaps not seen.
    if (event.kind !== 'assistant_message' && event.kind !== 'knowledge_shown') return;
    if (event.kind === 'assistant_message' && event.seq > this.known.value)
      this.host.emit('answer', { text: event.text, outcome: event.outcome });
    const read = this.#memory.get().read;
    const known = read && read.conversationId === this.#conversationId ? read.seq : 0;
    if (this.open.value) this.read();
    else if (event.seq > known) this.unread.value++;
  }

  /** Puts back what was not sent when the page was left. */
  #recall(conversationId: string): void {
    const known = new Set(this.conversation.value.items.map((item) => (item.kind === 'visitor' ? item.clientId : '')));
    for (const { conversationId: of, clientId, text } of this.#memory.get().unsent ?? [])
      // One that was written before there was a conversation belongs to the first that comes.
      if ((of === conversationId || of === '') && !known.has(clientId))
        this.conversation.value = thread.send(this.conversation.value, clientId, text);
  }

  #remember(): void {
    const conversationId = this.#conversationId ?? '';
    this.#memory.set({
      unsent: thread.unsent(this.conversation.value).map(({ clientId, text }) => ({ conversationId, clientId, text })),
    });
  }

  /** Says something to the server that the next message must not overtake. */
  #tell(path: string, body: unknown): void {
    const told = this.#connection.value?.post(path, body).catch((error: unknown) => this.#failed(error));
    // A request that hangs must not hold up what the visitor says.
    const patience = new Promise<void>((resolve) => setTimeout(resolve, 3000));
    this.#settled = Promise.race([Promise.all([this.#settled, told]).then(() => undefined), patience]);
  }

  async #deliver(path: string, body: { clientId: string } & Record<string, unknown>, done?: () => void): Promise<void> {
    const letter = { path, body, ...(done ? { done } : {}) };
    this.#undelivered.push(letter);
    try {
      await this.#connection.value?.post(path, body);
    } catch (error) {
      // What is refused would be refused again; anything else is tried again when the line is back.
      if (!(error instanceof ApiError) || error.status >= 500 || error.status === 401) return;
      if (error.wait) {
        setTimeout(() => void this.#redeliver(), error.wait);
        return;
      }
      this.#failed(error);
    }
    if (!this.#undelivered.includes(letter)) return;
    this.#undelivered = this.#undelivered.filter((other) => other !== letter);
    done?.();
  }

  async #redeliver(): Promise<void> {
    for (const { path, body, done } of this.#undelivered.splice(0)) await this.#deliver(path, body, done);
  }

  #failed(error: unknown): void {
    this.host.emit('error', { message: error instanceof Error ? error.message : String(error) });
  }
}
