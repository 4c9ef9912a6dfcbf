import { signal } from '@preact/signals';
import { applyEvent, empty, type Conversation } from '../src/app/conversation';
import type { AssistantMessage, ConversationEvent, Meeting } from '../src/app/events';
import type { PanelHost } from '../src/app/moduleHost';

const at = '2026-05-01T10:00:00Z';

/** An event of the log, or an answer. */
export type Entry =
  | ({ kind: 'answer' } & Partial<Omit<AssistantMessage, 'kind'>>)
  | { kind: Exclude<ConversationEvent['kind'], 'assistant_message'>; [field: string]: unknown };

/** The conversation after these events. The answers are m1, m2 and so on, by their position in the log. */
export function after(...entries: Entry[]): Conversation {
  return entries
    .map((entry, i): ConversationEvent => {
      const base = { seq: i + 1, at, clientId: null };
      if (entry.kind !== 'answer') return { ...base, ...entry } as unknown as ConversationEvent;
      return {
        ...base,
        messageId: `m${i + 1}`,
        replyTo: 0,
        text: 'So.',
        outcome: 'answered',
        citations: [],
        offersPerson: false,
        ...entry,
        kind: 'assistant_message',
      };
    })
    .reduce(applyEvent, empty);
}

export interface FakePanel extends PanelHost {
  posted: { path: string; body: Record<string, unknown> }[];
  delivered: { path: string; body: object }[];
  got: string[];
  booked: Meeting[];
  /** Answers the next requests, in their order. */
  answers: (() => unknown)[];
}

export function fakePanel(conversation: Conversation = empty): FakePanel {
  const panel = {
    conversationId: 'c',
    conversation: signal(conversation),
    config: signal({ tenantName: 'Harbor Bikes' }),
    posted: [],
    delivered: [],
    got: [],
    booked: [],
    answers: [],
    // As the store does: what fails, rejects.
    async get(path: string) {
      panel.got.push(path);
      return Promise.resolve(panel.answers.shift()?.());
    },
    async post(path: string, body: Record<string, unknown>) {
      panel.posted.push({ path, body });
      return Promise.resolve(panel.answers.shift()?.());
    },
    deliver: (path: string, body: object) => panel.delivered.push({ path, body }),
    meetingBooked: (meeting: Meeting) => panel.booked.push(meeting),
  } as unknown as FakePanel;
  return panel;
}

export function refuse(error: unknown): () => never {
  return () => {
    throw error;
  };
}
