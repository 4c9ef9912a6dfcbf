/**
 * The conversation as the panel shows it, computed from the log's events and from answers while they are written. Applying an update twice
 * or late does no harm, because reconnecting repeats some.
 */
import type {
  AnswerUpdate,
  AssistantMessage,
  Attachment,
  Citation,
  ContactDeclined,
  ContactGiven,
  ConversationEvent,
  Meeting,
  VisitorMessage,
} from './events';
import type { AssistantItem, Item, MeetingItem, PeopleItem, VisitorItem } from './items';
import { toJson } from './pristine';
import { turnOf } from './turn';

export type * from './items';

export interface Conversation {
  items: readonly Item[];
  /** The seq of the last event seen. */
  seq: number;
}

/** Marks the client ids of messages that were typed in a call. */
export const typedPrefix = 'typed:';

export const empty: Conversation = { items: [], seq: 0 };

/** Adds a message that the visitor has just sent. */
export function addMessage(
  conversation: Conversation,
  clientId: string,
  text: string,
  attachments?: readonly Attachment[],
): Conversation {
  return { ...conversation, items: [...conversation.items, { kind: 'visitor', clientId, text, attachments }] };
}

/** Marks a message as refused by the server. */
export function markRefused(conversation: Conversation, clientId: string, reason: string): Conversation {
  return changeMessage(conversation, clientId, { refused: reason });
}

function changeMessage(
  conversation: Conversation,
  clientId: string | undefined,
  change: Partial<VisitorItem>,
): Conversation {
  return updateItems(conversation, (item) =>
    item.kind === 'visitor' && item.clientId === clientId ? { ...item, ...change } : item,
  );
}

/** Messages that the server has not confirmed, oldest first. */
export function unsentMessages(conversation: Conversation): VisitorItem[] {
  return conversation.items.filter(
    (item): item is VisitorItem => item.kind === 'visitor' && item.seq === undefined && item.refused === undefined,
  );
}

/** The answer that is being written, if there is one. */
export function currentAnswer(conversation: Conversation): AssistantItem | undefined {
  return conversation.items.find(
    (item): item is AssistantItem => item.kind === 'assistant' && item.outcome === undefined,
  );
}

/** Whether a message waits for the first word of its answer. What was said before a person came or went does not. */
export function isAwaitingAnswer({ items }: Conversation): boolean {
  // Items are in the order in which they are shown, so an answer follows its question.
  const last = items.findLast(({ kind }) => kind === 'visitor' || kind === 'assistant' || kind === 'people');
  return last?.kind === 'visitor'
    ? last.refused === undefined && !last.delivered
    : last?.kind === 'assistant' && last.outcome === undefined && last.text === '';
}

/** The last text message of either side. */
export function lastMessage(
  conversation: Conversation,
): VisitorItem | AssistantItem | (PeopleItem & { text: string }) | undefined {
  return conversation.items.findLast(
    (item): item is VisitorItem | AssistantItem | (PeopleItem & { text: string }) =>
      item.kind === 'visitor' || item.kind === 'assistant' || (item.kind === 'people' && item.text !== undefined),
  );
}

/** Shows a meeting that this page has booked. Its event in the log comes later, or has come before: it may be without the address. */
export function addMeeting(conversation: Conversation, meeting: Meeting): Conversation {
  const { items } = conversation;
  const { meetingId, manageUrl } = meeting;
  return items.some((item) => item.kind === 'meeting' && item.meetingId === meetingId)
    ? updateItems(conversation, (item) =>
        item.kind === 'meeting' && item.meetingId === meetingId
          ? { ...item, manageUrl: item.manageUrl ?? manageUrl }
          : item,
      )
    : { ...conversation, items: withMeeting(items, meeting, 'booked') };
}

export function applyEvent(conversation: Conversation, event: ConversationEvent): Conversation {
  if (event.seq <= conversation.seq) return conversation;
  return inOrder({ items: withTime(conversation.items, event), seq: event.seq });
}

/** @param question The client id of the question, if this page has asked it. */
export function applyAnswer(conversation: Conversation, answer: AnswerUpdate, question?: string): Conversation {
  if (answer.type === 'delivered') return changeMessage(conversation, question, { delivered: true });
  if (answer.type === 'error') return conversation;
  if (answer.type === 'completed') return showCompleted(conversation, answer.message);
  const { messageId, attempt } = answer;
  const known = conversation.items.find(
    (item): item is AssistantItem => item.kind === 'assistant' && item.messageId === messageId,
  );
  // A person has joined since, and the assistant is silent.
  const isStale = known ? known.outcome !== undefined || known.attempt > attempt : turnOf(conversation)?.name;
  if (isStale) return conversation;
  const before = known?.attempt === attempt ? known : newAnswer(messageId, attempt);
  const after = { ...applyProgress(before, answer), question: question ?? known?.question };
  return known
    ? inOrder(updateItems(conversation, (item) => (item === known ? after : item)))
    : inOrder({ ...conversation, items: [...conversation.items, after] });
}

function newAnswer(messageId: string, attempt: number): AssistantItem {
  return { kind: 'assistant', messageId, text: '', attempt, citations: [], rating: 'none' };
}

function applyProgress(
  item: AssistantItem,
  answer: Extract<AnswerUpdate, { type: 'waiting' | 'sources' | 'delta' }>,
): AssistantItem {
  switch (answer.type) {
    case 'waiting':
      return { ...item, slow: true };
    case 'sources':
      return { ...item, citations: answer.sources };
    case 'delta':
      return { ...item, text: appendDelta(item.text, answer.offset, answer.text) };
  }
}

/** Shows a completed answer at once. Its event in the log comes later and gives it its position. */
function showCompleted(conversation: Conversation, message: AssistantMessage): Conversation {
  return inOrder({ ...conversation, items: withTime(conversation.items, message) });
}

/** Adds an event, and its time to the item that it became. */
function withTime(items: readonly Item[], event: ConversationEvent): readonly Item[] {
  return appendEvent(items, event).map((item) =>
    item.seq === event.seq && item.at === undefined ? { ...item, at: event.at } : item,
  );
}

function appendEvent(items: readonly Item[], event: ConversationEvent): readonly Item[] {
  switch (event.kind) {
    case 'visitor_message':
      return withVisitorMessage(items, event);
    case 'assistant_message':
      return withAssistantMessage(items, event);
    case 'message_rated':
      return items.map((item) =>
        item.kind === 'assistant' && item.messageId === event.messageId ? { ...item, rating: event.rating } : item,
      );
    case 'person_requested': {
      const { name, email, availability, present, seq } = event;
      return [...items, { kind: 'person', name, email, availability, present, seq }];
    }
    case 'person_joined':
      return [...items.map(cutOff), { kind: 'people', event, seq: event.seq }];
    case 'person_message':
      return [...items, { kind: 'people', event, text: event.text, seq: event.seq }];
    case 'person_left':
    case 'assistant_chosen':
      return [...items, { kind: 'people', event, seq: event.seq }];
    case 'demo_shown':
    case 'prices_shown':
    case 'call_invited':
    case 'call_ended':
    case 'agent_chosen':
    case 'tool_called':
      return [...items, { kind: 'shown', event, seq: event.seq }];
    case 'contact_given':
    case 'contact_declined':
      return withContact(items, event);
    case 'meeting_booked':
      return withMeeting(items, event, 'booked', event.seq);
    case 'meeting_rescheduled':
      return withMeeting(items, event, 'rescheduled', event.seq);
    case 'meeting_cancelled':
      return items.map((item) =>
        item.kind === 'meeting' && item.meetingId === event.meetingId ? { ...item, state: 'cancelled' } : item,
      );
    case 'utterance': {
      const { speaker, text, interrupted, reported, recognized, seq } = event;
      const typed = !!event.clientId?.includes(typedPrefix);
      return [...items, { kind: 'spoken', speaker, text, interrupted, reported, typed, recognized, seq }];
    }
    case 'utterances_checked':
      return items.map((item) => {
        const line = item.kind === 'spoken' && event.confirmed.find(({ seq }) => seq === item.seq);
        return line ? { ...item, text: line.text ?? item.text, reported: false } : item;
      });
    case 'knowledge_shown':
      return event.citations.length === 0 || isAlreadyShown(items, event.citations)
        ? items
        : [...items, { kind: 'sources', citations: event.citations, seq: event.seq }];
    case 'tavus_conversation_created':
      return [...items, { kind: 'call', mode: 'video', seq: event.seq }];
    case 'voice_call_started':
      // A call that continues in a new session is still one call.
      return event.continues ? items : [...items, { kind: 'call', mode: 'voice', seq: event.seq }];
    case 'tavus_conversation_ended':
    case 'voice_call_ended': {
      const { kind, reason, seconds, seq } = event;
      const mode = kind === 'voice_call_ended' ? 'voice' : 'video';
      return reason === 'continued' ? items : [...items, { kind: 'call', mode, ended: { reason, seconds }, seq }];
    }
    // The call itself shows that the avatar has joined. A newer server may send events that are unknown here.
    default:
      return items;
  }
}

/** An answer that was being written ends when a person joins. If the server completes it after all, that replaces it. */
function cutOff(item: Item): Item {
  return item.kind === 'assistant' && item.outcome === undefined
    ? { ...item, outcome: item.text === '' ? 'failed' : 'stopped' }
    : item;
}

function withVisitorMessage(
  items: readonly Item[],
  { clientId, text, attachments, recognized, seq }: VisitorMessage,
): readonly Item[] {
  const isSame = (item: Item): item is VisitorItem =>
    item.kind === 'visitor' && item.clientId === (clientId ?? String(seq));
  const before = items.find(isSame);
  return replaceOrAdd(items, isSame, {
    kind: 'visitor',
    clientId: clientId ?? String(seq),
    text,
    attachments,
    recognized,
    delivered: before?.delivered,
    seq,
  });
}

function withAssistantMessage(items: readonly Item[], message: AssistantMessage): readonly Item[] {
  const { messageId, replyTo, text, citations, outcome, offersPerson, offers, recognized, seq } = message;
  const isSame = (item: Item): item is AssistantItem => item.kind === 'assistant' && item.messageId === messageId;
  const { rating = 'none', question } = items.find(isSame) ?? {};
  // No later attempt can replace a complete answer.
  const attempt = Number.MAX_SAFE_INTEGER;
  return replaceOrAdd(items, isSame, {
    kind: 'assistant',
    messageId,
    replyTo,
    question,
    text,
    attempt,
    citations,
    rating,
    outcome,
    offers: [...new Set([...(offers ?? []), ...(offersPerson ? (['person'] as const) : [])])],
    recognized,
    seq,
  });
}

/** Addresses are shown once, where the last one was left. */
function withContact(items: readonly Item[], event: ContactGiven | ContactDeclined): readonly Item[] {
  const before = items.find((item) => item.kind === 'contact');
  const others = items.filter((item) => item !== before);
  if (event.kind === 'contact_declined')
    return [...others, { seq: event.seq, ...before, kind: 'contact', declined: true }];
  const { email, phone, name, seq } = event;
  const contact = { email: email ?? before?.email, phone: phone ?? before?.phone, name: name ?? before?.name };
  return [...others, { kind: 'contact', ...contact, declined: before?.declined ?? false, seq }];
}

/** Adds a meeting, or changes it where it is shown already. */
function withMeeting(
  items: readonly Item[],
  { meetingId, start, end, timeZone, repName, manageUrl }: Meeting,
  state: MeetingItem['state'],
  seq?: number,
): readonly Item[] {
  const isSame = (item: Item): item is MeetingItem => item.kind === 'meeting' && item.meetingId === meetingId;
  const before = items.find(isSame);
  return replaceOrAdd(items, isSame, {
    ...before,
    kind: 'meeting',
    meetingId,
    start,
    end,
    timeZone,
    repName,
    manageUrl: manageUrl ?? before?.manageUrl,
    state,
    seq: before?.seq ?? seq,
  });
}

/** The assistant often looks up the same sources twice in a row. They are shown once. */
function isAlreadyShown(items: readonly Item[], citations: Citation[]): boolean {
  const last = items.findLast((item) => item.seq !== undefined);
  return last?.kind === 'sources' && toJson(last.citations) === toJson(citations);
}

function replaceOrAdd(items: readonly Item[], isSame: (item: Item) => boolean, item: Item): readonly Item[] {
  return items.some(isSame) ? items.map((other) => (isSame(other) ? item : other)) : [...items, item];
}

function updateItems(conversation: Conversation, change: (item: Item) => Item): Conversation {
  return { ...conversation, items: conversation.items.map(change) };
}

/** Sorts by position in the log; items that are not in the log yet come last. Each answer follows its question. */
function inOrder(conversation: Conversation): Conversation {
  const position = (item: Item): number => item.seq ?? Number.MAX_SAFE_INTEGER;
  const items = [...conversation.items].sort((a, b) => position(a) - position(b));
  const answers = items.filter((item) => item.kind === 'assistant');
  const questions = new Map<AssistantItem, VisitorItem>();
  for (const answer of answers) {
    const question = items.find(
      (item) =>
        item.kind === 'visitor' &&
        (answer.replyTo === undefined ? item.clientId === answer.question : item.seq === answer.replyTo),
    );
    if (question) questions.set(answer, question as VisitorItem);
  }
  // Another page has asked the question. Which one it is will be known when the answer is complete.
  for (const answer of answers) {
    if (answer.replyTo !== undefined || questions.has(answer)) continue;
    const answered = [...questions.values()];
    const open = items.find((item) => item.kind === 'visitor' && item.seq !== undefined && !answered.includes(item));
    if (open) questions.set(answer, open as VisitorItem);
  }
  return {
    ...conversation,
    items: items
      .filter((item) => item.kind !== 'assistant' || !questions.has(item))
      .flatMap((item) => [item, ...answers.filter((answer) => questions.get(answer) === item)]),
  };
}

/** Adds a delta at its offset. Repeated or overlapping text is not doubled; text after a gap is ignored until the answer completes. */
function appendDelta(text: string, offset: number, more: string): string {
  return offset > text.length || offset + more.length <= text.length ? text : text.slice(0, offset) + more;
}
