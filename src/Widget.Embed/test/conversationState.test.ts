import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConversationState } from '../src/app/conversationState';
import type { ConversationEvent } from '../src/app/events';
import { storage } from '../src/app/storage';
import { fakeWindow } from './storage.fakes';

const texts = (state: ConversationState): string[] =>
  state.conversation.value.items.map((item) => ('text' in item ? item.text : item.kind));
const answer = (seq: number): ConversationEvent =>
  ({
    kind: 'assistant_message',
    seq,
    messageId: `m${seq}`,
    text: `Answer ${seq}`,
    outcome: 'answered',
    citations: [],
  }) as never;
const confirmation = (seq: number, clientId: string, text: string): ConversationEvent =>
  ({ kind: 'visitor_message', seq, clientId, text }) as never;

function open(id = 'c1', lastSeq = 0): ConversationState {
  const state = new ConversationState(storage('pk'));
  state.sessionOpened(id, lastSeq);
  return state;
}

beforeEach(() => {
  vi.stubGlobal('window', fakeWindow());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the conversation of the panel', () => {
  it('takes a message back that must wait, so that it is neither shown nor sent', () => {
    const state = open();
    state.add('Hello?');
    state.add('Are you there?');
    const [first] = state.unsent();
    expect(state.takeBack(first?.clientId ?? '')?.text).toBe('Hello?');
    expect(texts(state)).toEqual(['Are you there?']);
    expect(texts(open())).toEqual(['Are you there?']);
  });

  it('counts answers that come while the panel is closed, once each', () => {
    const state = open();
    expect(state.applyEvent(answer(1), false)).toBe(true);
    expect(state.applyEvent(answer(1), false)).toBe(false);
    state.applyEvent(answer(2), false);
    expect(state.unread.value).toBe(2);
    state.markRead();
    expect(state.unread.value).toBe(0);
  });

  it('does not count what the visitor has read on an earlier page', () => {
    open().applyEvent(answer(1), true);
    const next = open();
    next.applyEvent(answer(1), false);
    next.applyEvent(answer(2), false);
    expect(next.unread.value).toBe(1);
  });

  it('restores the unsent messages of its conversation after a page change', () => {
    const state = open();
    state.add('Sent?');
    state.add('Confirmed');
    const [, confirmed] = state.unsent();
    state.applyEvent(confirmation(1, confirmed?.clientId ?? '', 'Confirmed'), true);

    expect(texts(open())).toEqual(['Sent?']);
    expect(texts(open('c2'))).toEqual([]);
  });

  it('sends messages from before the first session in the first conversation', () => {
    new ConversationState(storage('pk')).add('Early');
    expect(texts(open('c7'))).toEqual(['Early']);
  });

  it('takes only unsent messages along into another conversation', () => {
    const state = open('c1', 4);
    state.applyEvent(answer(1), true);
    state.add('Waiting');
    state.sessionOpened('c2', 9);
    expect([texts(state), state.id, state.lastKnownSeq.value]).toEqual([['Waiting'], 'c2', 9]);
  });

  it('does not send a refused message again', () => {
    const state = open();
    state.add('Too long');
    state.markRefused(state.unsent()[0]?.clientId ?? '', 'It is too long.');
    expect([state.unsent(), storage('pk').unsent()]).toEqual([[], []]);
  });

  it('is empty after a new conversation was started', () => {
    const state = open('c1', 4);
    state.applyEvent(answer(5), false);
    state.clear();
    expect([texts(state), state.id, state.unread.value, state.lastKnownSeq.value]).toEqual([[], undefined, 0, 0]);
  });
});
