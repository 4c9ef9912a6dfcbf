/** The panel's state, as signals, and what the visitor and the page can do. */
import { batch, computed, effect, signal, type Signal } from '@preact/signals';
import type { Host } from '../contract';
import type { CallMode, LiveCall } from './call';
import { Calls } from './calls';
import { addMeeting } from './conversation';
import type {
  Attachment,
  Citation,
  ConversationEvent,
  ConversationUpdate,
  Demo,
  Meeting,
  Rating,
  RatingReason,
} from './events';
import { chooseLocale, fill, setLocale, words } from './i18n';
import { newId } from './ids';
import { LazyModule } from './lazyModule';
import type { Attached, CallHost, DictationHost, Modules, PanelHost, SpeechHost } from './moduleHost';
import { names, namesInTitle } from './markdown/untranslated';
import type { Dictation, Speech } from './speech';
import { tabView, type Purpose, type SheetName, type View } from './views';
import { VisitorSession } from './visitorSession';

export const maxMessageLength = 4000;
export class Store extends VisitorSession implements CallHost, SpeechHost, DictationHost, PanelHost {
  readonly open = signal(false);
  /** The panel was open on the page before, so it must not take the focus. */
  isRestored = false;
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

  readonly #tab;
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
    host: Host,
    readonly modules: Modules,
  ) {
    super(host);
    this.#hasAnswered.value = !!this.memory.get().asked;
    this.#tab = tabView(host.siteKey);
    this.view = this.#tab.view;
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
      effect(() => {
        const { tenantName, agentName } = this.config.value ?? {};
        const titles = this.conversation.value.items.flatMap((item) =>
          'citations' in item ? item.citations.flatMap(({ title }) => namesInTitle(title)) : [],
        );
        names.value = [tenantName ?? '', agentName ?? '', ...this.pageFacts.names, ...titles];
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
    void this.connection.value?.flush();
  }

  /** Stops the answer that is being written. */
  stop(): void {
    const answer = this.thread.currentAnswer.value;
    if (answer) void this.connection.value?.stop(answer.messageId).catch(() => undefined);
  }

  rate(messageId: string, rating: Rating, reason?: RatingReason, comment?: string): void {
    const body = { clientId: newId(), messageId, rating, ...(reason && { reason }), ...(comment && { comment }) };
    this.deliver('/api/widget/conversations/{id}/ratings', body);
  }

  chooseAssistant(): void {
    this.deliver('/api/widget/conversations/{id}/assistant', { clientId: newId() });
  }

  openSheet(name: SheetName, purpose?: Purpose): void {
    this.purpose.value = purpose;
    this.sheet.value = name;
  }

  meetingBooked(meeting: Meeting): void {
    this.conversation.value = addMeeting(this.conversation.value, meeting);
  }

  startNewConversation(): void {
    this.startConversation();
  }

  openConversation(id: string): void {
    if (id !== this.conversationId) this.startConversation(id);
    this.view.value = 'thread';
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

  override destroy(): void {
    for (const stop of this.#stop) stop();
    this.#tab.stop();
    this.calls.destroy();
    super.destroy();
    this.speech.destroy();
    this.dictation.destroy();
  }

  protected leaveConversation(): void {
    this.calls.end();
    batch(() => {
      this.thread.clear();
      this.source.value = undefined;
      this.stage.value = undefined;
      this.held.value = undefined;
      this.attached.value = [];
    });
    this.speech.cancel();
    this.dictation.cancel();
  }

  protected clearPanel(): void {
    this.draft.value = '';
    this.source.value = undefined;
    this.sheet.value = undefined;
    this.view.value = 'home';
  }

  protected closePanel(): boolean {
    this.speech.module.value?.stopListening();
    this.memory.open = false;
    this.#hasAnswered.value = false;
    return (this.open.value &&= this.host.mode === 'page');
  }

  protected sessionOpened(continues: boolean): void {
    // Stored with the visitor from now on.
    this.memory.draft = this.draft.value;
    // On the next page, the conversation continues where it was.
    if (!this.config.value && continues && this.#tab.remembered === 'thread') this.view.value = 'thread';
  }

  protected endCall(): void {
    this.calls.end();
  }

  protected update({ event, answer, voice, presence }: ConversationUpdate): void {
    if (event) this.#apply(event);
    if (presence) this.thread.applyPresence(presence);
    if (voice) this.call.value?.handleUpdate?.(voice);
    if (answer) this.thread.applyAnswer(answer);
  }

  /** The message waits in the form. */
  protected askFirst(clientId: string): void {
    const message = this.thread.takeBack(clientId);
    this.memory.set({ asked: false });
    batch(() => {
      this.#hasAnswered.value = false;
      this.held.value = [message?.text, this.held.value].filter(Boolean).join('\n\n');
    });
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
}
