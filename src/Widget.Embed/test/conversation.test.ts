import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  currentAnswer,
  applyAnswer,
  applyEvent,
  isAwaitingAnswer,
  empty,
  markRefused,
  addMessage,
  unsentMessages,
  type Conversation,
} from '../src/app/conversation';
import type { AnswerUpdate, AssistantMessage, ConversationEvent, VisitorMessage } from '../src/app/events';

const at = '2026-01-01T00:00:00Z';

function asked(seq: number, clientId: string, text = 'Why?'): VisitorMessage {
  return { kind: 'visitor_message', seq, at, clientId, text };
}

function answered(seq: number, messageId: string, replyTo: number, text: string): AssistantMessage {
  return {
    kind: 'assistant_message',
    seq,
    at,
    clientId: null,
    messageId,
    replyTo,
    text,
    outcome: 'answered',
    citations: [],
    offersPerson: false,
  };
}

function delta(messageId: string, offset: number, text: string, attempt = 1): AnswerUpdate {
  return { type: 'delta', messageId, attempt, offset, text };
}

function texts(conversation: Conversation): string[] {
  return conversation.items.map((item) => ('text' in item ? item.text : `(${item.kind})`));
}

describe('a conversation', () => {
  it('shows a message at once and recognizes it in the log', () => {
    let it = addMessage(empty, 'c1', 'Why?');
    expect(unsentMessages(it)).toHaveLength(1);
    expect(isAwaitingAnswer(it)).toBe(true);

    it = applyEvent(it, asked(1, 'c1'));
    expect(texts(it)).toEqual(['Why?']);
    expect(unsentMessages(it)).toHaveLength(0);
  });

  it('joins the deltas of an answer, whether they come once, twice or overlapping', () => {
    let it = applyEvent(empty, asked(1, 'c1'));
    for (const update of [
      delta('m', 0, 'Be'),
      delta('m', 2, 'cause'),
      delta('m', 2, 'cause'),
      delta('m', 0, 'Because it'),
    ])
      it = applyAnswer(it, update);
    expect(texts(it)).toEqual(['Why?', 'Because it']);
    expect(currentAnswer(it)?.messageId).toBe('m');
  });

  it('says that an answer takes longer than usual until its first word comes', () => {
    const waiting = applyAnswer(addMessage(empty, 'a', 'Why?'), { type: 'waiting', messageId: 'm', attempt: 1 });
    expect([isAwaitingAnswer(waiting), currentAnswer(waiting)?.slow]).toEqual([true, true]);
    expect(isAwaitingAnswer(applyAnswer(waiting, delta('m', 0, 'Because.')))).toBe(false);
  });

  it('does not show text after a gap', () => {
    expect(texts(applyAnswer(applyAnswer(empty, delta('m', 0, 'One ')), delta('m', 9, 'three')))).toEqual(['One ']);
  });

  it('starts again with a higher attempt and ignores late deltas of a lower one', () => {
    let it = applyAnswer(empty, delta('m', 0, 'Wrong start'));
    it = applyAnswer(it, delta('m', 0, 'Right', 2));
    it = applyAnswer(it, delta('m', 11, ' goes on', 1));
    expect(texts(it)).toEqual(['Right']);
  });

  it('takes the final text from the log', () => {
    let it = applyAnswer(applyEvent(empty, asked(1, 'c1')), delta('m', 0, 'Half of'));
    it = applyEvent(it, answered(2, 'm', 1, 'The whole answer.'));
    it = applyAnswer(it, delta('m', 7, ' it', 9));
    expect(texts(it)).toEqual(['Why?', 'The whole answer.']);
    expect(currentAnswer(it)).toBeUndefined();
    expect(isAwaitingAnswer(it)).toBe(false);
  });

  it('shows a completed answer before its event, and still applies late events', () => {
    let it = addMessage(empty, 'c1', 'Why?');
    it = applyAnswer(it, { type: 'completed', messageId: 'm', attempt: 1, message: answered(2, 'm', 1, 'So.') });
    expect(texts(it)).toContain('So.');
    it = applyEvent(it, asked(1, 'c1'));
    it = applyEvent(it, answered(2, 'm', 1, 'So.'));
    expect(texts(it)).toEqual(['Why?', 'So.']);
    expect(it.seq).toBe(2);
  });

  it('keeps a message that the server refused, with the reason, and does not send it again', () => {
    const it = markRefused(addMessage(empty, 'c1', 'Why?'), 'c1', 'Too long.');
    expect(it.items[0]).toMatchObject({ refused: 'Too long.' });
    expect(unsentMessages(it)).toHaveLength(0);
    expect(isAwaitingAnswer(it)).toBe(false);
  });

  it('keeps the last rating and shows the request for a person', () => {
    let it = applyEvent(empty, answered(1, 'm', 0, 'So.'));
    it = applyEvent(it, { kind: 'message_rated', seq: 2, at, clientId: 'r', messageId: 'm', rating: 'up' });
    it = applyEvent(it, { kind: 'person_requested', seq: 3, at, clientId: 'p' });
    expect(it.items).toMatchObject([{ rating: 'up' }, { kind: 'person' }]);
  });

  it('shows sources once if they were looked up twice in a row', () => {
    const citation = { number: 1, title: 'T', url: null, headings: [], page: null, text: 'x', origins: ['own'] };
    const shown = (seq: number, title: string): ConversationEvent => ({
      kind: 'knowledge_shown',
      seq,
      at,
      clientId: null,
      query: 'why',
      citations: [{ ...citation, title }],
    });
    let it = addMessage(empty, 'unsent', 'Wait.');
    for (const event of [shown(1, 'A'), shown(2, 'A'), shown(3, 'B'), asked(4, 'c1'), shown(5, 'B')])
      it = applyEvent(it, event);
    expect(it.items.map(({ kind }) => kind)).toEqual(['sources', 'sources', 'visitor', 'sources', 'visitor']);
    expect(it.seq).toBe(5);
  });

  it('shows utterances and sources of a call in the order of the log', () => {
    const call = { sessionId: 's', at, clientId: null };
    const citation = { number: 1, title: 'T', url: null, headings: [], page: null, text: 'x', origins: ['own'] };
    const log: ConversationEvent[] = [
      asked(1, 'c1'),
      { ...call, kind: 'tavus_conversation_created', seq: 2, tavusConversationId: 'c', conversationUrl: 'https://x' },
      { ...call, kind: 'tavus_conversation_joined', seq: 3 },
      { ...call, kind: 'utterance', seq: 4, mode: 'video', speaker: 'visitor', text: 'Why?', interrupted: false },
      { ...call, kind: 'knowledge_shown', seq: 5, query: 'why', citations: [citation] },
      { ...call, kind: 'knowledge_shown', seq: 6, query: 'what else', citations: [] },
      { ...call, kind: 'utterance', seq: 7, mode: 'video', speaker: 'assistant', text: 'So.', interrupted: true },
      { ...call, kind: 'tavus_conversation_ended', seq: 8, reason: 'time_limit', seconds: 60 },
    ];
    const it = log.reduce(applyEvent, empty);
    expect(it.items.map((item) => item.kind)).toEqual(['visitor', 'call', 'spoken', 'sources', 'spoken', 'call']);
    expect(it.items.at(-1)).toMatchObject({ ended: { reason: 'time_limit', seconds: 60 } });
    // The text message still waits for its answer.
    expect(isAwaitingAnswer(it)).toBe(true);
  });

  it('marks reported utterances until the transcript confirms or corrects them', () => {
    const said = (seq: number, text: string): ConversationEvent => ({
      kind: 'utterance',
      seq,
      at,
      clientId: null,
      sessionId: 's',
      mode: 'video',
      speaker: 'assistant',
      text,
      interrupted: false,
      reported: true,
    });
    let it = [said(1, 'It is free.'), said(2, 'Hello.'), said(3, 'It costs 49 euros.')].reduce(applyEvent, empty);
    it = applyEvent(it, {
      kind: 'utterances_checked',
      seq: 4,
      at,
      clientId: null,
      confirmed: [
        { seq: 2, text: null },
        { seq: 3, text: 'It costs 4,900 euros.' },
      ],
    });

    expect(it.items.map((item) => item.kind === 'spoken' && [item.text, item.reported])).toEqual([
      ['It is free.', true],
      ['Hello.', false],
      ['It costs 4,900 euros.', false],
    ]);
  });

  it('ignores unknown kinds of events', () => {
    const later = { kind: 'not_yet_known', seq: 2, at, clientId: null } as unknown as ConversationEvent;
    const it = [asked(1, 'c1'), later, answered(3, 'm', 1, 'So.')].reduce(applyEvent, empty);
    expect(texts(it)).toEqual(['Why?', 'So.']);
    expect(it.seq).toBe(3);
  });

  it('is the same however often parts of the log are repeated', () => {
    const log: ConversationEvent[] = [
      asked(1, 'a'),
      answered(2, 'm1', 1, 'One'),
      asked(3, 'b'),
      answered(4, 'm2', 3, 'Two'),
    ];
    const whole = log.reduce(applyEvent, empty);
    const deltas = [delta('m1', 0, 'On'), delta('m2', 0, 'Tw'), delta('m2', 0, 'Two')];
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 })), fc.array(fc.nat({ max: 2 })), (again, live) => {
        // Reconnecting reads from an earlier position. Live deltas come in between, in any order.
        let it = empty;
        for (const [i, from] of [...again, 0].entries()) {
          const piece = deltas[live[i] ?? -1];
          if (piece) it = applyAnswer(it, piece);
          it = log.slice(Math.min(from, it.seq)).reduce(applyEvent, it);
        }
        expect(texts(it)).toEqual(texts(whole));
        expect(it.seq).toBe(4);
      }),
    );
  });
});
