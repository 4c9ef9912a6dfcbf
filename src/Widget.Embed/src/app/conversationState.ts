/** The conversation in the panel: applies what the server sends, counts unread answers, and keeps unsent messages over page changes. */
import { batch, computed, signal } from '@preact/signals';
import * as conversation from './conversation';
import type { AnswerUpdate, Attachment, ConversationEvent, Presence } from './events';
import { newId } from './ids';
import { contactQuestion } from './offers';
import type { Storage } from './storage';
import { turnOf } from './turn';

export class ConversationState {
  readonly conversation = signal<conversation.Conversation>(conversation.empty);
  /** The number of answers that came while the panel was closed. */
  readonly unread = signal(0);
  /** The last event in the log when the session was opened. Later ones are new to the visitor. */
  readonly lastKnownSeq = signal(0);
  readonly currentAnswer = computed(() => conversation.currentAnswer(this.conversation.value));
  /** An answer is being written, or about to be. */
  readonly isAnswering = computed(() => this.awaitingAnswer.value || this.currentAnswer.value !== undefined);
  readonly presence = signal<Presence>({});
  /** A person answers, or the visitor waits for one. */
  readonly turn = computed(() => turnOf(this.conversation.value, this.presence.value.position));
  readonly awaitingAnswer = computed(
    () =>
      conversation.isAwaitingAnswer(this.conversation.value) &&
      // While the visitor waits, the assistant answers only if nobody is there.
      !(this.turn.value && (this.turn.value.name ?? this.presence.value.position ?? this.#isKnown())),
  );
  /** The seq of the answer below which the visitor wants to leave an address. */
  readonly contactAt = signal<number | undefined>(undefined);
  readonly contactQuestion = computed(() => contactQuestion(this.conversation.value, this.contactAt.value));
  /** The conversation's id. Undefined until the session is open. */
  id: string | undefined;

  constructor(private readonly memory: Storage) {}

  /** Adds a message of the visitor. */
  add(text: string, attachments?: Attachment[]): void {
    const clientId = newId();
    this.conversation.value = conversation.addMessage(this.conversation.value, clientId, text, attachments);
    this.memory.keepUnsent({ conversationId: this.id ?? '', clientId, text, attachments });
  }

  /** Marks a message as refused by the server. */
  markRefused(clientId: string, reason: string): void {
    this.conversation.value = conversation.markRefused(this.conversation.value, clientId, reason);
    this.memory.dropUnsent(clientId);
  }

  /** Removes a message that was not sent, and returns it. */
  takeBack(clientId: string): conversation.VisitorItem | undefined {
    const message = this.unsent().find((item) => item.clientId === clientId);
    const { items, seq } = this.conversation.value;
    this.conversation.value = { items: items.filter((item) => item !== message), seq };
    this.memory.dropUnsent(clientId);
    return message;
  }

  /** Messages that the server has not confirmed, oldest first. */
  unsent(): conversation.VisitorItem[] {
    return conversation.unsentMessages(this.conversation.value);
  }

  /** A session is open. Its conversation may be another one than before. */
  sessionOpened(id: string, lastSeq: number): void {
    if (id === this.id) return;
    if (this.id !== undefined) this.conversation.value = { ...conversation.empty, items: this.unsent() };
    this.id = id;
    this.lastKnownSeq.value = lastSeq;
    this.#restoreUnsent(id);
    // They belong to this conversation from now on.
    for (const { clientId, text, attachments } of this.unsent())
      this.memory.keepUnsent({ conversationId: id, clientId, text, attachments });
  }

  /** Adds an event of the log. Returns false if the thread has it already. */
  applyEvent(event: ConversationEvent, isOpen: boolean): boolean {
    const before = this.conversation.value;
    this.conversation.value = conversation.applyEvent(before, event);
    if (this.conversation.value === before) return false;
    if (event.kind === 'visitor_message' && event.clientId) this.memory.dropUnsent(event.clientId);
    // What the person did has come to its end, and the place in the queue may be another one next time.
    if (/^(person_|assistant_c)/.test(event.kind)) this.applyPresence({});
    // Speech was heard. Only messages and looked-up sources may still be unread.
    if (/^(assistant_message|person_message|knowledge_shown)$/.test(event.kind)) {
      if (isOpen) this.markRead();
      else if (event.seq > this.#lastRead()) this.unread.value++;
    }
    return true;
  }

  applyAnswer(update: AnswerUpdate, question?: string): void {
    this.conversation.value = conversation.applyAnswer(this.conversation.value, update, question);
  }

  /** After a reconnect, the server may no longer know what was read. */
  applyPresence(presence: Presence): void {
    const readSeq = Math.max(presence.readSeq ?? 0, this.presence.value.readSeq ?? 0);
    this.presence.value = { ...presence, readSeq };
  }

  /** The visitor has seen everything in the conversation. */
  markRead(): void {
    this.unread.value = 0;
    if (this.id) this.memory.set({ read: { conversationId: this.id, seq: this.conversation.value.seq } });
  }

  /** Another tab has shown the visitor what was unread here. */
  followRead(): void {
    if (this.#lastRead() >= this.conversation.value.seq) this.unread.value = 0;
  }

  /** Empties the thread for a new conversation. */
  clear(): void {
    batch(() => {
      this.conversation.value = conversation.empty;
      this.unread.value = 0;
      this.lastKnownSeq.value = 0;
      this.contactAt.value = undefined;
      this.presence.value = {};
    });
    this.id = undefined;
  }

  #lastRead(): number {
    const { read } = this.memory.get();
    return read && read.conversationId === this.id ? read.seq : 0;
  }

  /** Restores messages that were not sent when the page was closed. */
  #restoreUnsent(id: string): void {
    const known = new Set(this.unsent().map(({ clientId }) => clientId));
    for (const { conversationId, clientId, text, attachments } of this.memory.unsent())
      // A message written before there was a conversation belongs to the first one.
      if ((conversationId === id || conversationId === '') && !known.has(clientId))
        this.conversation.value = conversation.addMessage(this.conversation.value, clientId, text, attachments);
  }

  /** Whether the last message was there already when the session was opened. */
  #isKnown(): boolean {
    return (conversation.lastMessage(this.conversation.value)?.seq ?? Infinity) <= this.lastKnownSeq.value;
  }
}
