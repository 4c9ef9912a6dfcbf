/**
 * The conversation as the panel shows it: a fold over the log's events and over answers as they come about. Every step may be given
 * twice or late without harm, since reconnecting gives some again.
 */
import type { CallMode } from './call';
import type {
  AnswerUpdate,
  AssistantMessage,
  Citation,
  ConversationEvent,
  EndReason,
  Outcome,
  Rating,
  Speaker,
  VoiceEndReason,
} from './events';

export interface VisitorItem {
  kind: 'visitor';
  clientId: string;
  text: string;
  /** Its place in the log; undefined until the server has it. */
  seq?: number;
  /** Why the server refused it. */
  refused?: string;
}

export interface AssistantItem {
  kind: 'assistant';
  messageId: string;
  text: string;
  attempt: number;
  /** While it comes about: all it may cite. Afterwards: what it does cite. */
  citations: Citation[];
  rating: Rating;
  /** Undefined while it comes about. */
  outcome?: Outcome;
  /** It takes longer than usual. */
  slow?: boolean;
  offersPerson?: boolean;
  seq?: number;
}

export interface PersonItem {
  kind: 'person';
  seq: number;
}

/** Said aloud in a call. */
export interface SpokenItem {
  kind: 'spoken';
  speaker: Speaker;
  text: string;
  interrupted: boolean;
  reported?: boolean | undefined;
  seq: number;
}

/** What the assistant looked up in a call. */
export interface ShownItem {
  kind: 'shown';
  citations: Citation[];
  seq: number;
}

/** A call began, or ended. */
export interface CallItem {
  kind: 'call';
  mode: CallMode;
  ended?: { reason: EndReason | VoiceEndReason; seconds: number };
  seq: number;
}

export type Item = VisitorItem | AssistantItem | PersonItem | SpokenItem | ShownItem | CallItem;

export interface Conversation {
  items: readonly Item[];
  /** The last event seen. */
  seq: number;
}

export const empty: Conversation = { items: [], seq: 0 };

/** What the visitor has just sent, before the server has it. */
export function send(conversation: Conversation, clientId: string, text: string): Conversation {
  return { ...conversation, items: [...conversation.items, { kind: 'visitor', clientId, text }] };
}

/** The server will not take this message, and why. */
export function refuse(conversation: Conversation, clientId: string, reason: string): Conversation {
  return update(conversation, (item) =>
    item.kind === 'visitor' && item.clientId === clientId ? { ...item, refused: reason } : item,
  );
}

/** Messages that the server is not known to have, oldest first. */
export function unsent(conversation: Conversation): VisitorItem[] {
  return conversation.items.filter(
    (item): item is VisitorItem => item.kind === 'visitor' && item.seq === undefined && item.refused === undefined,
  );
}

/** The answer that is coming about, if there is one. */
export function answering(conversation: Conversation): AssistantItem | undefined {
  return conversation.items.find(
    (item): item is AssistantItem => item.kind === 'assistant' && item.outcome === undefined,
  );
}

/** Whether a message waits for its answer, whose first word has not come. */
export function awaiting(conversation: Conversation): boolean {
  const last = lastMessage(conversation);
  return last?.kind === 'visitor' ? last.refused === undefined : last?.outcome === undefined && last?.text === '';
}

/** The last thing that was written, by either side. */
export function lastMessage(conversation: Conversation): VisitorItem | AssistantItem | undefined {
  return conversation.items.findLast((item) => item.kind === 'visitor' || item.kind === 'assistant');
}

export function applyEvent(conversation: Conversation, event: ConversationEvent): Conversation {
  if (event.seq <= conversation.seq) return conversation;
  return order({ items: append(conversation.items, event), seq: event.seq });
}

export function applyAnswer(conversation: Conversation, answer: AnswerUpdate): Conversation {
  if (answer.type === 'error') return conversation;
  if (answer.type === 'completed') return complete(conversation, answer.message);
  const known = conversation.items.find(
    (item): item is AssistantItem => item.kind === 'assistant' && item.messageId === answer.messageId,
  );
  if (known?.outcome !== undefined || (known && known.attempt > answer.attempt)) return conversation;
  const before: AssistantItem =
    known?.attempt === answer.attempt
      ? known
      : {
          kind: 'assistant',
          messageId: answer.messageId,
          text: '',
          attempt: answer.attempt,
          citations: [],
          rating: 'none',
        };
  const after =
    answer.type === 'waiting'
      ? { ...before, slow: true }
      : answer.type === 'sources'
        ? { ...before, citations: answer.sources }
        : { ...before, text: join(before.text, answer.offset, answer.text) };
  return known
    ? update(conversation, (item) => (item === known ? after : item))
    : { ...conversation, items: [...conversation.items, after] };
}

/** A completed answer shows at once; its event in the log gives it its place and is not skipped for it. */
function complete(conversation: Conversation, message: AssistantMessage): Conversation {
  return order({ ...conversation, items: append(conversation.items, message) });
}

function append(items: readonly Item[], event: ConversationEvent): readonly Item[] {
  switch (event.kind) {
    case 'visitor_message': {
      const item: VisitorItem = {
        kind: 'visitor',
        clientId: event.clientId ?? String(event.seq),
        text: event.text,
        seq: event.seq,
      };
      return replace(items, (other) => other.kind === 'visitor' && other.clientId === item.clientId, item);
    }
    case 'assistant_message': {
      const same = (other: Item): other is AssistantItem =>
        other.kind === 'assistant' && other.messageId === event.messageId;
      const item: AssistantItem = {
        kind: 'assistant',
        messageId: event.messageId,
        text: event.text,
        attempt: Number.MAX_SAFE_INTEGER,
        citations: event.citations,
        rating: items.find(same)?.rating ?? 'none',
        outcome: event.outcome,
        offersPerson: event.offersPerson,
        seq: event.seq,
      };
      return replace(items, same, item);
    }
    case 'message_rated':
      return items.map((item) =>
        item.kind === 'assistant' && item.messageId === event.messageId ? { ...item, rating: event.rating } : item,
      );
    case 'person_requested':
      return [...items, { kind: 'person', seq: event.seq }];
    case 'utterance': {
      const { speaker, text, interrupted, reported, seq } = event;
      return [...items, { kind: 'spoken', speaker, text, interrupted, reported, seq }];
    }
    case 'utterances_checked':
      return items.map((item) => {
        const line = item.kind === 'spoken' && event.confirmed.find(({ seq }) => seq === item.seq);
        return line ? { ...item, text: line.text ?? item.text, reported: false } : item;
      });
    case 'knowledge_shown':
      return event.citations.length === 0 || alreadyShown(items, event.citations)
        ? items
        : [...items, { kind: 'shown', citations: event.citations, seq: event.seq }];
    case 'tavus_conversation_created':
      return [...items, { kind: 'call', mode: 'video', seq: event.seq }];
    case 'voice_call_started':
      // A call that goes on in a new one is one call.
      return event.continues ? items : [...items, { kind: 'call', mode: 'voice', seq: event.seq }];
    case 'tavus_conversation_ended':
    case 'voice_call_ended': {
      const { kind, reason, seconds, seq } = event;
      const mode = kind === 'voice_call_ended' ? 'voice' : 'video';
      return reason === 'continued' ? items : [...items, { kind: 'call', mode, ended: { reason, seconds }, seq }];
    }
    // The avatar's coming shows by itself, and what a newer server sends may be unknown here.
    default:
      return items;
  }
}

/** What was looked up before the assistant's turn is often looked up again in it: the same card need not follow itself. */
function alreadyShown(items: readonly Item[], citations: Citation[]): boolean {
  const last = items.findLast((item) => item.seq !== undefined);
  return last?.kind === 'shown' && JSON.stringify(last.citations) === JSON.stringify(citations);
}

function replace(items: readonly Item[], same: (item: Item) => boolean, item: Item): readonly Item[] {
  return items.some(same) ? items.map((other) => (same(other) ? item : other)) : [...items, item];
}

function update(conversation: Conversation, change: (item: Item) => Item): Conversation {
  return { ...conversation, items: conversation.items.map(change) };
}

/** What the log has by its place in it, what it has not yet after that, in the order it came. */
function order(conversation: Conversation): Conversation {
  const place = (item: Item): number => item.seq ?? Number.MAX_SAFE_INTEGER;
  return { ...conversation, items: conversation.items.toSorted((a, b) => place(a) - place(b)) };
}

/** Text that comes twice, or overlaps what is there, is not doubled; text after a gap waits for the whole. */
function join(text: string, offset: number, more: string): string {
  return offset > text.length || offset + more.length <= text.length ? text : text.slice(0, offset) + more;
}
