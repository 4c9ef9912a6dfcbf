import { describe, expect, it } from 'vitest';
import {
  applyAnswer,
  applyEvent,
  currentAnswer,
  isAwaitingAnswer,
  lastMessage,
  type Conversation,
} from '../src/app/conversation';
import type { AnswerUpdate, ConversationEvent } from '../src/app/events';
import { offersBelow } from '../src/app/offers';
import { turnOf } from '../src/app/turn';
import { initials } from '../src/people/initials';
import { withLinks } from '../src/people/links';
import { after, type Entry } from './selling.fakes';

const ana = { repId: 'r', name: 'Ana' };
const requested: Entry = { kind: 'person_requested', present: true };
const joined: Entry = { kind: 'person_joined', ...ana };
const left = (reason: string): Entry => ({ kind: 'person_left', ...ana, reason });
const said = (text: string): Entry => ({ kind: 'person_message', messageId: text, ...ana, text, attachments: [] });
const asked = (clientId: string): Entry => ({ kind: 'visitor_message', clientId, text: 'Why?' });
const delta = (messageId: string, text: string): AnswerUpdate => ({
  type: 'delta',
  messageId,
  attempt: 1,
  offset: 0,
  text,
});
const texts = (it: Conversation): string[] =>
  it.items.map((item) => ('text' in item ? item.text : item.kind === 'people' ? item.event.kind : item.kind));

describe('the turn', () => {
  it('is the assistant’s at first', () => {
    expect(turnOf(after({ kind: 'answer' }))).toBeUndefined();
  });

  it('is nobody’s while the visitor waits for people who are there', () => {
    expect(turnOf(after(requested))).toEqual({});
  });

  it('stays with the assistant if nobody is there, unless there is a queue', () => {
    const it = after({ kind: 'person_requested', present: false });
    expect(turnOf(it)).toBeUndefined();
    expect(turnOf(it, 2)).toEqual({});
    expect(turnOf(after({ kind: 'person_requested' }))).toBeUndefined();
  });

  it('is the person’s who joins and writes', () => {
    expect(turnOf(after(requested, joined))).toMatchObject(ana);
    expect(turnOf(after(requested, joined, asked('a'), said('Hi')))).toMatchObject(ana);
  });

  it('returns to the assistant when the person leaves, nobody answers, or the visitor says so', () => {
    for (const reason of ['returned', 'closed', 'no_reply'])
      expect(turnOf(after(requested, joined, left(reason)))).toBeUndefined();
    expect(turnOf(after(requested, { kind: 'assistant_chosen' }))).toBeUndefined();
  });

  it('is nobody’s between two people', () => {
    const it = after(requested, joined, left('transferred'));
    expect(turnOf(it)).toEqual({});
    const bo = { kind: 'person_joined', seq: 4, at: '', clientId: null, repId: 's', name: 'Bo' } as const;
    expect(turnOf(applyEvent(it, bo))).toMatchObject({ name: 'Bo' });
  });

  it('does not change when a reconnect repeats earlier events in another order', () => {
    const it = after(requested, joined, said('Hi'), left('returned'));
    const again = (seq: number, event: Entry): ConversationEvent =>
      ({ seq, at: '', clientId: null, ...event }) as unknown as ConversationEvent;
    const repeated = [again(3, said('Hi')), again(2, joined), again(1, requested)].reduce(applyEvent, it);
    expect(turnOf(repeated)).toBeUndefined();
    expect(texts(repeated)).toEqual(['person', 'person_joined', 'Hi', 'person_left']);
  });
});

describe('an answer that a person interrupts', () => {
  const writing = applyAnswer(after(asked('a')), delta('m', 'It de'), 'a');
  const join = (it: Conversation, seq = 2): Conversation =>
    applyEvent(it, { kind: 'person_joined', seq, at: '', clientId: null, ...ana });

  it('ends with what was written', () => {
    const it = join(writing);
    expect(currentAnswer(it)).toBeUndefined();
    expect(it.items).toMatchObject([{ kind: 'visitor' }, { text: 'It de', outcome: 'stopped' }, { kind: 'people' }]);
  });

  it('shows nothing if it had no text, and no dots', () => {
    const it = join(applyAnswer(after(asked('a')), { type: 'waiting', messageId: 'm', attempt: 1 }, 'a'));
    expect(it.items[1]).toMatchObject({ text: '', outcome: 'failed' });
    expect([currentAnswer(it), isAwaitingAnswer(it)]).toEqual([undefined, false]);
  });

  it('does not go on, and does not begin later', () => {
    const it = join(writing);
    expect(applyAnswer(it, { ...delta('m', 'It depends'), attempt: 2 })).toBe(it);
    expect(applyAnswer(it, delta('n', 'Another'))).toBe(it);
  });

  it('is complete if the server completes it after all', () => {
    const it = applyEvent(join(writing), {
      kind: 'assistant_message',
      seq: 3,
      at: '',
      clientId: null,
      messageId: 'm',
      replyTo: 1,
      text: 'It depends.',
      outcome: 'answered',
      citations: [],
      offersPerson: false,
    });
    expect(texts(it)).toEqual(['Why?', 'It depends.', 'person_joined']);
  });
});

describe('a message to a person', () => {
  it('gets no answer, whether the receipt or the log comes first', () => {
    const delivered: AnswerUpdate = { type: 'delivered', messageId: '', attempt: 1, seq: 1 };
    const receiptLast = applyAnswer(after(asked('a')), delivered, 'a');
    expect([isAwaitingAnswer(receiptLast), receiptLast.items.length]).toEqual([false, 1]);
    const event = { seq: 1, at: '', clientId: 'a', kind: 'visitor_message', text: 'Why?' } as const;
    const early = applyAnswer({ seq: 0, items: [{ kind: 'visitor', clientId: 'a', text: 'Why?' }] }, delivered, 'a');
    expect(isAwaitingAnswer(applyEvent(early, event))).toBe(false);
  });

  it('gets none either after the person has left, also after a reload', () => {
    const it = after(requested, asked('a'), joined, asked('b'), { kind: 'assistant_chosen' });
    expect(isAwaitingAnswer(it)).toBe(false);
    expect(isAwaitingAnswer(after(requested, joined, left('returned'), asked('c')))).toBe(true);
  });

  it('has its files', () => {
    const file = { id: '1', name: 'a.png', contentType: 'image/png', bytes: 1, url: '/files/1' };
    const it = after({ kind: 'visitor_message', clientId: 'a', text: '', attachments: [file] });
    expect(it.items).toMatchObject([{ text: '', attachments: [file] }]);
  });
});

describe('a message of a person', () => {
  it('is the last message: earlier offers go', () => {
    const it = after({ kind: 'answer', offers: ['person'] }, requested, joined, said('Hello'));
    expect(lastMessage(it)?.text).toBe('Hello');
    const answer = it.items.find((item) => item.kind === 'assistant');
    expect(answer && offersBelow(it, answer)).toEqual([]);
  });

  it('has links, without the punctuation of its sentence', () => {
    expect(withLinks('See https://a.example/x?y=1. Or (www.b.example/z), please')).toEqual([
      { text: 'See ' },
      { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
      { text: '.' },
      { text: ' Or (' },
      { text: 'www.b.example/z', href: 'https://www.b.example/z' },
      { text: '),' },
      { text: ' please' },
    ]);
    expect(withLinks('javascript:alert(1) ftp://x')).toEqual([{ text: 'javascript:alert(1) ftp://x' }]);
    expect(withLinks('https://en.example/A_(b)')[0]?.href).toBe('https://en.example/A_(b)');
  });
});

describe('the initials of a person', () => {
  it('are those of the first and the last name', () => {
    expect(['Ana García', 'ana', '  Jean Luc de Winter ', 'Émile Zola', ''].map(initials)).toEqual([
      'AG',
      'A',
      'JW',
      'ÉZ',
      '',
    ]);
  });

  it('are one letter where letters join', () => {
    expect(initials('محمد علي')).toBe('م');
  });
});
