/** The panel's state, as signals, and what the visitor and the page can do. */
import { batch, computed, effect, signal, type Signal } from '@preact/signals';
import type { ContextValues, Host, Identity } from '../contract';
import type { CallMode, LiveCall, Relay, RelayListener } from './call';
import { Calls } from './calls';
import { Connection, type Opening, type Status } from './connection';
import { addMeeting, type VisitorItem } from './conversation';
import { ConversationState } from './conversationState';
import type {
  Attachment,
  Citation,
  Config,
  ConversationEvent,
  Demo,
  Meeting,
  OutgoingMessage,
  Rating,
  RatingReason,
  Session,
} from './events';
import { chooseLocale, fill, locale, setLocale, words } from './i18n';
import { newId } from './ids';
import { LazyModule } from './lazyModule';
import type { Attached, CallHost, DictationHost, Modules, PanelHost, SpeechHost } from './moduleHost';
import { names, namesInTitle } from './markdown/untranslated';
import { Outbox } from './outbox';
import { PageFacts } from './pageFacts';
import type { Dictation, Speech } from './speech';
import { storage } from './storage';
import { tabView, type Purpose, type SheetName, type View } from './views';

export const maxMessageLength = 4000;
/** Many pages learn only after they have loaded who the visitor is. */
const proofWait = 1_500;

export class Store implements CallHost, SpeechHost, DictationHost, PanelHost {
  readonly memory;
  readonly open = signal(false);
  /** The panel was open on the page before, so it must not take the focus. */
  isRestored = false;
  readonly config = signal<Config | undefined>(undefined);
  readonly draft = signal('');
  /** The citation whose passage is open. */
  readonly source = signal<Citation | undefined>(undefined);
  readonly view: Signal<View>;
  /** What is open on top of the view. */
  readonly sheet = signal<SheetName | undefined>(undefined);
  readonly purpose = signal<Purpose | undefined>(undefined);
  /** The demo beside the thread. */
  readonly stage = signal<Demo | undefined>(undefined);
  /** Files for the next message. Those without an id are being uploaded. */
  readonly attached = signal<Attached[]>([]);
  /** A message that waits until the visitor has answered what is asked before the first one. */
  readonly held = signal<string | undefined>(undefined);
  /** The visitor has enlarged the panel. */
  readonly large = signal(false);
  /** The visitor has been here before. */
  readonly knownVisitor: boolean;

  readonly thread: ConversationState;
  readonly conversation;
  readonly contactAt;
  readonly contactQuestion;
  readonly lastKnownSeq;
  readonly presence;
  readonly turn;
  readonly calls: Calls;
  readonly call;
  readonly speech: LazyModule<Speech>;
  readonly dictation: LazyModule<Dictation>;

  readonly #connection = signal<Connection | undefined>(undefined);
  readonly #outbox = new Outbox(
    (path, body) => this.#connection.value?.post(path, body),
    (error) => this.#emitError(error),
  );
  readonly #pageFacts = new PageFacts(this.#outbox);
  /** The visitor that this tab shows, or whose session it opens. */
  #visitorId: string | undefined;
  /** A session is being opened. */
  #opening = false;
  /** Waits for the page to prove who the visitor is. */
  #proofTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #tab;
  /** The earlier conversation that the visitor has opened, until it is loaded. */
  #wanted: string | undefined;

  readonly status = computed<Status>(() => this.#connection.value?.status.value ?? { state: 'connecting' });
  /** The server's rate limit is reached, and messages wait. */
  readonly busy = computed(() => !!this.#connection.value?.busy.value);
  /** A message waits for the first word of its answer. */
  readonly awaitingAnswer = computed(
    () => !this.busy.value && this.status.value.state === 'online' && this.thread.awaitingAnswer.value,
  );
  /** The visitor has answered what is asked before the first message, or has skipped it. */
  readonly #hasAnswered = signal(false);
  /** What is asked before the first message has not been answered yet. */
  readonly asksFirst = computed(
    () =>
      !!this.config.value?.preChat?.fields.length &&
      !this.conversation.value.items.some(({ kind }) => kind === 'visitor') &&
      !this.#hasAnswered.value,
  );
  readonly #stop: (() => void)[];

  constructor(
    readonly host: Host,
    readonly modules: Modules,
  ) {
    this.memory = storage(host.siteKey);
    this.#visitorId = this.memory.get().visitorId;
    this.knownVisitor = this.#visitorId !== undefined;
    this.#hasAnswered.value = !!this.memory.get().asked;
    this.#tab = tabView(host.siteKey);
    this.view = this.#tab.view;
    this.thread = new ConversationState(this.memory);
    this.conversation = this.thread.conversation;
    this.contactAt = this.thread.contactAt;
    this.contactQuestion = this.thread.contactQuestion;
    this.lastKnownSeq = this.thread.lastKnownSeq;
    this.presence = this.thread.presence;
    this.turn = this.thread.turn;
    this.calls = new Calls(this, modules);
    this.call = this.calls.current;
    this.draft.value = this.memory.draft;
    this.#stop = [
      effect(() => {
        this.memory.draft = this.draft.value;
      }),
      this.memory.watch(() => this.#followTabs()),
      effect(() => {
        const { tenantName, agentName } = this.config.value ?? {};
        const titles = this.conversation.value.items.flatMap((item) =>
          'citations' in item ? item.citations.flatMap(({ title }) => namesInTitle(title)) : [],
        );
        names.value = [tenantName ?? '', agentName ?? '', ...this.#pageFacts.names, ...titles];
      }),
    ];
    this.speech = new LazyModule(async () => (await modules.speech())(this));
    this.dictation = new LazyModule(async () => (await modules.dictation())(this));
    // A customer's page knows the language of its visitors. The hosted page does not, so there the browser decides.
    const pageLocale = host.mode === 'page' ? undefined : document.documentElement.lang;
    void setLocale(chooseLocale([host.locale, pageLocale, ...navigator.languages]));
  }

  /** Sends a message: to the call if it takes text, or else to the conversation. */
  send(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '' && this.attached.value.length === 0) return;
    if (trimmed.length > maxMessageLength) {
      // Only the page's own `ask` can send this much. The text field then shows the problem.
      this.draft.value = text;
      this.host.emit('error', { message: fill(words.value.tooLong, { n: trimmed.length - maxMessageLength }) });
      return;
    }
    this.host.emit('message', { text: trimmed });
    if (this.call.value?.say(trimmed)) return;
    // The final message of a call has served its purpose.
    if (this.call.value?.active.value === false) this.calls.end();
    if (this.asksFirst.value) {
      this.view.value = 'thread';
      this.held.value = [this.held.value, trimmed].filter(Boolean).join('\n\n');
      // The message must not depend on the module.
      this.modules.preChat().catch(() => this.sendHeld());
    } else this.write(trimmed);
  }

  sendHeld(): void {
    this.memory.set({ asked: true });
    this.#hasAnswered.value = true;
    const text = this.held.value;
    this.held.value = undefined;
    if (text) this.write(text);
  }

  /** Sends a question that the visitor has clicked. */
  ask(question: string): void {
    this.send(question);
    this.show(this.view.value, '.thread');
  }

  /** Shows a view and focuses a part of it: the button that the visitor has clicked may be gone. */
  show(view: View, focus: string): void {
    this.view.value = view;
    queueMicrotask(() => this.host.shadow.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true }));
  }

  write(text: string): void {
    this.view.value = 'thread';
    const isReady = (file: Attached): file is Attached & Attachment => !!file.id;
    this.thread.add(text, this.attached.value.filter(isReady));
    this.attached.value = this.attached.value.filter((file) => !isReady(file));
    this.connect();
    void this.#connection.value?.flush();
  }

  /** Stops the answer that is being written. */
  stop(): void {
    const answer = this.thread.currentAnswer.value;
    if (answer) void this.#connection.value?.stop(answer.messageId).catch(() => undefined);
  }

  rate(messageId: string, rating: Rating, reason?: RatingReason, comment?: string): void {
    const body = { clientId: newId(), messageId, rating, ...(reason && { reason }), ...(comment && { comment }) };
    this.deliver('/api/widget/conversations/{id}/ratings', body);
  }

  deliver(path: string, body: { clientId: string }): void {
    void this.#outbox.deliver({ path, body });
  }

  chooseAssistant(): void {
    this.deliver('/api/widget/conversations/{id}/assistant', { clientId: newId() });
  }

  session(): Promise<Session> {
    return this.#requireConnection().session();
  }

  openSheet(name: SheetName, purpose?: Purpose): void {
    this.purpose.value = purpose;
    this.sheet.value = name;
  }

  meetingBooked(meeting: Meeting): void {
    this.conversation.value = addMeeting(this.conversation.value, meeting);
  }

  startNewConversation(): void {
    this.#leave();
    this.#start(true);
  }

  openConversation(id: string): void {
    if (id !== this.conversationId) {
      this.#leave();
      this.#wanted = id;
      this.#start(false);
    }
    this.view.value = 'thread';
  }

  identify(identity: Identity): void {
    const isProof = this.#pageFacts.identify(identity);
    // The session is opened again, with the proof.
    if (isProof && (this.#connection.value ?? this.#proofTimer)) this.#reopen();
    else if (this.conversationId) this.#pageFacts.sendIdentity();
  }

  /** Forgets the visitor and their conversation in this tab; the loader has emptied what the browser remembers. */
  reset(): void {
    this.#pageFacts.forget();
    this.memory.clear();
    this.#forget();
  }

  setContext(context: ContextValues): void {
    this.#pageFacts.setContext(context);
    if (this.conversationId) this.#pageFacts.sendContext();
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
    return this.#connection.value?.relay(sessionId, listener);
  }

  isCallOffered(mode: CallMode): boolean {
    return this.calls.isOffered(mode);
  }

  startCall(mode: CallMode): Promise<void> {
    return this.calls.start(mode);
  }

  /** Shows the screen before a call. */
  prepareCall(mode: CallMode): void {
    this.view.value = 'thread';
    this.calls.prepare(mode);
  }

  callClosed(next: LiveCall | undefined, byItself = false): void {
    const { activeElement } = this.host.shadow;
    // In some browsers, a click does not move the focus to the button.
    const wasThere = activeElement
      ? activeElement.closest('.stage')
      : !byItself && document.activeElement === document.body;
    this.call.value = next;
    // The button that was clicked is gone. The visitor continues in the text field, unless they are elsewhere by now.
    if (!next && wasThere)
      this.host.shadow.querySelector<HTMLElement>('.composer textarea')?.focus({ preventScroll: true });
  }

  /** Connects to the server, once. */
  connect(): void {
    if (this.#connection.value || this.#proofTimer) return;
    // Without the proof the server would open the session of a new visitor, and what this one has written would be lost.
    if (this.memory.get().verified && !this.#pageFacts.proved)
      this.#proofTimer = setTimeout(() => this.#start(false), proofWait);
    else this.#start(false);
  }

  retry(): void {
    this.#connection.value?.retry();
  }

  destroy(): void {
    for (const stop of this.#stop) stop();
    this.#tab.stop();
    clearTimeout(this.#proofTimer);
    this.calls.destroy();
    this.#connection.value?.close();
    this.speech.destroy();
    this.dictation.destroy();
  }

  /** Ends everything that belongs to the conversation. */
  #leave(): void {
    clearTimeout(this.#proofTimer);
    this.#proofTimer = undefined;
    this.calls.end();
    batch(() => {
      this.thread.clear();
      this.source.value = undefined;
      this.stage.value = undefined;
      this.held.value = undefined;
      this.attached.value = [];
    });
    this.#outbox.clear();
    this.speech.cancel();
    this.dictation.cancel();
    this.#connection.value?.close();
  }

  /** Opens the session again: the visitor may be another one. */
  #reopen(): void {
    this.calls.end();
    this.#connection.value?.close();
    this.#start(false);
  }

  /** Clears everything about the visitor from the panel and closes it. The hosted page starts a new session instead. */
  #forget(): void {
    this.#leave();
    this.#visitorId = undefined;
    this.#wanted = undefined;
    this.#opening = false;
    this.speech.module.value?.stopListening();
    this.memory.open = false;
    batch(() => {
      this.#hasAnswered.value = false;
      if (this.host.mode !== 'page') this.open.value = false;
      this.draft.value = '';
      this.view.value = 'home';
      this.sheet.value = undefined;
      this.config.value = undefined;
      this.#connection.value = undefined;
    });
    if (this.open.value) this.connect();
  }

  /** Another tab has read something, has forgotten the visitor, or has a session of another one. */
  #followTabs(): void {
    const { visitorId } = this.memory.get();
    if (!this.#visitorId || visitorId === this.#visitorId) this.thread.followRead();
    else if (visitorId === undefined) this.reset();
    // With a proof, the server says whose session this tab is opening.
    else if (!(this.#opening && this.#pageFacts.proved)) this.#forget();
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
      return { visitorId, conversationId, identity: this.#pageFacts.proved, locale: locale.value };
    };
    const connection = new Connection(this.host.api, this.host.siteKey, opening, {
      session: (session) => this.#sessionOpened(session),
      identityRefused: (reason) => {
        console.warn(`Widget: ${reason} The visitor is not identified.`);
        this.#pageFacts.forget();
      },
      update: ({ event, answer, voice, presence }) => {
        if (event) this.#apply(event);
        if (presence) this.thread.applyPresence(presence);
        if (voice) this.call.value?.handleUpdate?.(voice);
        if (answer) this.thread.applyAnswer(answer);
      },
      answer: (update, question) => this.thread.applyAnswer(update, question),
      refused: (clientId, { message, problem }) => {
        if (problem.code === 'pre_chat') this.#askFirst(clientId);
        else {
          this.thread.markRefused(clientId, message);
          this.host.emit('error', { message });
        }
      },
      online: () => void this.#outbox.redeliver(),
      unavailable: ({ status, message }) => {
        // Visitors can do nothing about a wrong key, so they don't see the message.
        const isKey = status === 401 || status === 404;
        console.warn(`Widget: ${message}`);
        this.host.emit('error', { message });
        return isKey ? '' : message;
      },
      settled: () => this.#outbox.settled,
      seen: () => this.conversation.value.seq,
      unsent: () => this.thread.unsent().map(toOutgoing),
    });
    this.#connection.value = connection;
    void connection.run(newConversation);
  }

  #sessionOpened({ config, conversationId, lastSeq, visitorId, verified = false }: Session): void {
    const before = this.memory.get();
    // Text that somebody else has written must not be sent or shown. A visitor who signs in is the same person, so it is kept.
    if (before.visitorId && before.visitorId !== visitorId && (before.verified || !verified)) {
      for (const { clientId } of this.memory.unsent()) this.memory.dropUnsent(clientId);
      this.#outbox.clear();
      batch(() => {
        this.thread.clear();
        this.draft.value = '';
        this.source.value = undefined;
        this.sheet.value = undefined;
        this.view.value = 'home';
      });
    }
    this.#opening = false;
    this.#visitorId = visitorId;
    this.memory.set({ visitorId, verified });
    // Stored with the visitor from now on.
    this.memory.draft = this.draft.value;
    this.#wanted = undefined;
    this.thread.sessionOpened(conversationId, lastSeq);
    // On the next page, the conversation continues where it was.
    const returns = !before.visitorId || before.visitorId === visitorId;
    const hasMessages = lastSeq > 0 || this.memory.unsent().length > 0;
    if (!this.config.value && hasMessages && returns && this.#tab.remembered === 'thread') this.view.value = 'thread';
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
    this.#pageFacts.sendIdentity();
    this.#pageFacts.sendContext();
  }

  #apply(event: ConversationEvent): void {
    if (!this.thread.applyEvent(event, this.open.value)) return;
    this.call.value?.handleEvent(event);
    // When the visitor opens the panel again, the answer is what they want to see.
    const isNew = event.seq > this.lastKnownSeq.value;
    if (event.kind === 'assistant_message' || event.kind === 'person_message') {
      if (!this.open.value) this.view.value = 'thread';
      if (isNew) this.host.emit('answer', { text: event.text, outcome: 'outcome' in event ? event.outcome : 'person' });
    }
    if (event.kind === 'demo_shown' && isNew) this.stage.value = event.demo;
  }

  /** The company requires what the visitor has not given, so the message waits in the form. */
  #askFirst(clientId: string): void {
    const message = this.thread.takeBack(clientId);
    this.memory.set({ asked: false });
    batch(() => {
      this.#hasAnswered.value = false;
      this.held.value = [message?.text, this.held.value].filter(Boolean).join('\n\n');
      this.attached.value = [
        ...(message?.attachments ?? []).map((file) => ({ ...file, key: file.id })),
        ...this.attached.value,
      ];
    });
  }

  #requireConnection(): Connection {
    if (!this.#connection.value) throw new Error('There is no connection.');
    return this.#connection.value;
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
