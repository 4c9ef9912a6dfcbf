import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Participant, RoomEvent } from '../src/meet/contract';
import { emptyRoom, present, withEvent, withState } from '../src/meet/roomState';
import { rate } from '../src/meet/quality';

function person(id: string, change: Partial<Participant> = {}): Participant {
  return {
    id,
    name: id,
    role: 'guest',
    state: 'in',
    connected: true,
    order: id.charCodeAt(0),
    microphone: true,
    camera: true,
    screen: false,
    mutedByHost: false,
    ...change,
  };
}

const log: RoomEvent[] = [
  { seq: 1, at: '', kind: 'created', room: { state: 'open', expiresAt: '' } },
  { seq: 2, at: '', kind: 'joined', participant: person('a') },
  { seq: 3, at: '', kind: 'waiting', participant: person('b', { state: 'waiting' }) },
  { seq: 4, at: '', kind: 'admitted', participant: person('b') },
  { seq: 5, at: '', kind: 'media', participant: person('a', { microphone: false }) },
  { seq: 6, at: '', kind: 'chat', chat: { messageId: 'm1', from: 'a', name: 'a', text: 'one', timestamp: '' } },
  {
    seq: 7,
    at: '',
    kind: 'avatar',
    room: { state: 'open', expiresAt: '', avatar: { state: 'in', provider: 'tavus' } },
  },
  { seq: 8, at: '', kind: 'chat', chat: { messageId: 'm2', from: 'b', name: 'b', text: 'two', timestamp: '' } },
  { seq: 9, at: '', kind: 'left', participant: person('b', { state: 'left' }) },
  {
    seq: 10,
    at: '',
    kind: 'transport',
    room: { state: 'open', expiresAt: '', transport: 'livekit', avatar: { state: 'in', provider: 'tavus' } },
  },
];

describe('The state of a room', () => {
  it('is the same however its events are shuffled and doubled', () => {
    const end = log.reduce(withEvent, emptyRoom);
    expect(present(end).map(({ id, microphone }) => [id, microphone])).toEqual([['a', false]]);
    expect(end.about.avatar?.state).toBe('in');
    expect(end.transport).toBe('livekit');
    expect(end.chat.map(({ text }) => text)).toEqual(['one', 'two']);
    fc.assert(
      fc.property(fc.shuffledSubarray([...log, ...log], { minLength: 2 * log.length }), (events) => {
        expect(events.reduce(withEvent, emptyRoom)).toEqual(end);
      }),
      { numRuns: 1000 },
    );
  });

  it('is settled by the last event of each participant, whatever is missing before it', () => {
    const end = log.reduce(withEvent, emptyRoom);
    fc.assert(
      fc.property(fc.subarray(log.slice(0, 4)), (events) => {
        const state = [...events, ...log.slice(4)].reduce(withEvent, emptyRoom);
        expect(present(state)).toEqual(present(end));
      }),
    );
  });

  it('does not go back when an older state comes after newer events', () => {
    const now = log.reduce(withEvent, emptyRoom);
    const older = withState(now, {
      id: 'r',
      seq: 4,
      state: 'open',
      transport: 'peer',
      waitingRoom: false,
      expiresAt: '',
      participants: [person('a'), person('b')],
    });
    expect(present(older)).toEqual(present(now));
    expect(older.about.avatar?.state).toBe('in');
    expect(older.transport).toBe('livekit');
  });
});

describe('The quality of a connection', () => {
  const good = { received: 1000, lost: 0, roundTrip: 0.05, level: 0, relayed: false };

  it('follows what was lost since the last look, not since the start', () => {
    expect(rate(undefined, good)).toBe('good');
    expect(rate(good, { ...good, received: 1100, lost: 4 })).toBe('fair');
    expect(rate(good, { ...good, received: 1100, lost: 30 })).toBe('poor');
    expect(rate({ ...good, lost: 30 }, { ...good, received: 1100, lost: 30 })).toBe('good');
  });

  it('follows the round trip', () => {
    expect(rate(good, { ...good, roundTrip: 0.3 })).toBe('fair');
    expect(rate(good, { ...good, roundTrip: 0.9 })).toBe('poor');
  });
});
