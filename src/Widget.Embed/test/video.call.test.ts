import { describe, expect, it, vi } from 'vitest';
import { VideoCall } from '../src/video/call';
import type { RoomListener } from '../src/video/room';
import { setUpCallTests, settle } from './call.fakes';

const room = vi.hoisted(() => ({
  listener: undefined as unknown as RoomListener,
  sent: [] as object[],
  left: false,
  failure: undefined as Error | undefined,
}));
vi.mock('../src/video/room', () => ({
  Room: {
    join: (_url: string, _token: string | null, _devices: unknown, listener: RoomListener) => {
      room.listener = listener;
      if (room.failure) return Promise.reject(room.failure);
      return Promise.resolve({
        setDevice: () => Promise.resolve(),
        send: (message: object) => room.sent.push(message),
        leave: () => Promise.resolve(void (room.left = true)),
      });
    },
  },
}));

const test = setUpCallTests(({ server }) => {
  server.session = { conversationUrl: 'https://room.example/r', meetingToken: 't', conversationId: 'c' } as never;
  Object.assign(room, { sent: [], left: false, failure: undefined });
});
const begin = async (): Promise<VideoCall> => {
  const call = new VideoCall(test.server.panel, test.done);
  await settle();
  return call;
};
const join = async (): Promise<VideoCall> => {
  const call = await begin();
  room.listener.avatar({});
  await settle();
  return call;
};
const say = (speech: string, inference_id: string): void =>
  room.listener.message({ event_type: 'conversation.utterance', inference_id, properties: { role: 'user', speech } });
const actions = (): string[] => test.server.requests.map(({ path }) => path.split('/').at(-1) ?? '');

describe('a video call', () => {
  it('goes from the queue into the room and is live when the avatar joins', async () => {
    test.server.session = { ...test.server.session, state: 'queued', position: 2, conversationUrl: null } as never;
    const call = await begin();
    expect([call.phase.value, call.position.value]).toEqual(['queued', 2]);
    test.server.session = {
      ...test.server.session,
      state: 'waiting',
      conversationUrl: 'https://room.example/r',
    } as never;
    await settle(3_000);
    expect(call.phase.value).toBe('waiting');
    await settle(15_000);
    expect(call.slow.value).toBe(true);
    room.listener.avatar({});
    expect([call.phase.value, call.slow.value]).toEqual(['live', false]);
    await settle();
    expect(test.server.to('/alive').at(-1)).toEqual({ replicaJoined: true });
  });

  it('reports what was said before it ends the session', async () => {
    const call = await join();
    say('What does it cost?', 'i1');
    call.hangUp();
    await settle();
    expect(actions().slice(-2)).toEqual(['utterances', 'end']);
    expect([room.left, test.page.track.stopped]).toEqual([true, true]);
    expect(test.done).not.toHaveBeenCalled();
  });

  it('reports what was said and sends the beacon when the page unloads', async () => {
    await join();
    say('What does it cost?', 'i1');
    test.page.leave();
    await settle(60_000);
    expect(actions().filter((action) => action === 'utterances').length).toBe(1);
    expect(test.page.beacons.map(({ url }) => url)).toEqual(['https://api.example/api/tavus/session/s1/leave']);
    expect(test.server.to('/end')).toEqual([]);
  });

  it('takes the duration from the log, and asks the server at other events', async () => {
    const call = await join();
    const before = test.server.to('/alive').length;
    const event = { sessionId: 's1', seq: 1, at: '', clientId: null };
    call.handleEvent({ ...event, kind: 'tavus_conversation_joined' } as never);
    await settle();
    expect(test.server.to('/alive').length).toBe(before + 1);
    call.handleEvent({ ...event, kind: 'tavus_conversation_ended', reason: 'time_limit', seconds: 600 } as never);
    expect(call.end.value).toEqual({ reason: 'time_limit', seconds: 600 });
  });

  it('ends as lost when the room is lost and the server knows no reason', async () => {
    const call = await join();
    room.listener.lost();
    await settle(2_000);
    expect(call.end.value?.reason).toBe('lost');
    await settle(2_000);
    expect(test.server.to('/end').length).toBe(1);
  });

  it('shows the room’s own page when the room cannot be joined', async () => {
    room.failure = new Error('Blocked.');
    const call = await begin();
    expect([call.phase.value, call.frame.value]).toEqual(['live', 'https://room.example/r?t=t']);
    expect(test.page.track.stopped).toBe(true);
  });

  it('closes at once when the visitor hangs up before it was opened', async () => {
    test.server.held = new Promise(() => undefined);
    const call = await begin();
    expect(call.phase.value).toBe('creating');
    call.hangUp();
    expect(test.done).toHaveBeenCalledWith(false);
  });

  it('shows the server’s explanation when it ends', async () => {
    const call = await join();
    test.server.session = { ...test.server.session, state: 'failed', problem: 'The avatar service failed.' } as never;
    await settle(10_000);
    expect(call.end.value).toMatchObject({ reason: 'failed', message: 'The avatar service failed.' });
  });
});
