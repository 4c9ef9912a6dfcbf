import { beforeEach, describe, expect, it } from 'vitest';
import { VoiceCall } from '../src/voice/call';
import { FakePeerConnection, refusal, setUpCallTests, settle } from './call.fakes';

const test = setUpCallTests();
const begin = async (): Promise<VoiceCall> => {
  const call = new VoiceCall(test.server.panel, test.done);
  await settle();
  return call;
};
const connect = async (): Promise<VoiceCall> => {
  const call = await begin();
  FakePeerConnection.last.becomes('connected');
  await settle();
  return call;
};
const ended = (reason: string, sessionId = 's1') =>
  ({ kind: 'voice_call_ended', sessionId, reason, seconds: 3, seq: 9, at: '', clientId: null }) as never;

describe('a voice call', () => {
  it('asks for the microphone, offers it with a data channel, and is live when sound comes through', async () => {
    const call = await begin();
    expect(call.phase.value).toBe('connecting');
    expect(test.server.to('/session')).toEqual([
      expect.objectContaining({ threadId: 'thread', sdp: 'offer 1', page: 'https://shop.example/', pushToTalk: false }),
    ]);
    expect(FakePeerConnection.last).toMatchObject({ channelFirst: true, track: test.page.track, answer: 'answer' });

    FakePeerConnection.last.becomes('connected');
    expect(call.phase.value).toBe('live');
    expect(call.remaining.value).toBeCloseTo(900, 0);
    await settle(61_000);
    expect(call.elapsed.value).toBeCloseTo(61, 0);
    expect(test.server.to('/alive').length).toBeGreaterThanOrEqual(5);
  });

  it('hints at an unanswered prompt, and stops a microphone that arrives after the end', async () => {
    let answer: (stream: unknown) => void = () => undefined;
    test.page.ask.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const call = await begin();
    expect(call.slow.value).toBe(false);
    await settle(6_000);
    expect(call.slow.value).toBe(true);

    call.hangUp();
    answer({ getTracks: () => [test.page.track] });
    await settle();
    expect(test.page.track.stopped).toBe(true);
    expect(test.server.requests).toEqual([]);
  });

  it.each(['visitor', 'page', 'server', 'lost'])('stops everything when it ends, by: %s', async (cause) => {
    const call = await connect();
    if (cause === 'visitor') call.hangUp();
    if (cause === 'page') test.page.leave();
    if (cause === 'server') call.handleEvent(ended('time_limit'));
    if (cause === 'lost') {
      test.server.failures.session = new Error('The network is gone.');
      FakePeerConnection.last.becomes('failed');
    }
    await settle(30_000);

    expect(call.phase.value).toBe('over');
    expect(test.page.track.stopped).toBe(true);
    expect(FakePeerConnection.all.every((peer) => peer.closed)).toBe(true);
    expect(test.server.to('/end').length).toBe(cause === 'visitor' || cause === 'lost' ? 1 : 0);
    expect(test.page.beacons).toEqual(
      cause === 'page'
        ? [{ url: 'https://api.example/api/voice/session/s1/leave', body: '{"leaveToken":"leave1"}' }]
        : [],
    );
    const asked = test.server.requests.length;
    await settle(60_000);
    expect(test.server.requests.length).toBe(asked);
  });

  it('ends a session that opens after the visitor has hung up', async () => {
    let release = (): void => undefined;
    test.server.held = new Promise<void>((resolve) => (release = resolve));
    const call = await begin();
    call.hangUp();
    await settle();
    expect(test.server.to('/end')).toEqual([]);
    release();
    await settle();
    expect(test.server.to('/end').length).toBe(1);
    expect(FakePeerConnection.last.answer).toBeUndefined();
    expect(test.page.track.stopped).toBe(true);
  });

  it('ends when no sound comes through', async () => {
    const call = await begin();
    await settle(14_900);
    expect(call.phase.value).toBe('connecting');
    await settle(200);
    expect(call.end.value?.reason).toBe('unconnected');
    expect(test.server.to('/end').length).toBe(1);
  });

  it('survives a short interruption, and reconnects once when the connection is lost', async () => {
    const call = await connect();
    FakePeerConnection.last.becomes('disconnected');
    await settle(4_900);
    FakePeerConnection.last.becomes('connected');
    await settle(10_000);
    expect(FakePeerConnection.all.length).toBe(1);

    FakePeerConnection.last.becomes('disconnected');
    await settle(5_000);
    expect(call.phase.value).toBe('reconnecting');
    await settle(2_000);
    expect(test.server.to('/end').length).toBe(1);
    expect(test.server.to('/session').map(({ sdp }) => sdp)).toEqual(['offer 1', 'offer 2']);
    expect(new Set(test.server.to('/session').map(({ clientId }) => clientId)).size).toBe(2);
    expect(test.page.ask).toHaveBeenCalledTimes(1);
    FakePeerConnection.last.becomes('connected');
    expect(call.phase.value).toBe('live');

    FakePeerConnection.last.channel.onclose?.();
    await settle(3_000);
    expect(call.end.value?.reason).toBe('lost');
    expect(test.page.track.stopped).toBe(true);
  });

  it('takes the reason for a broken connection from the server', async () => {
    const call = await connect();
    test.server.session = { state: 'ended', endReason: 'provider', problem: 'The voice service is out of order.' };
    FakePeerConnection.last.becomes('failed');
    await settle();
    expect(call.end.value).toEqual({ reason: 'provider', seconds: 0 });
    expect(FakePeerConnection.all.length).toBe(1);
  });

  it('continues in a new connection at the provider’s limit, but not forever', async () => {
    const call = await connect();
    for (const n of [1, 2]) {
      call.handleEvent(ended('continued', `s${n}`));
      expect(call.phase.value).toBe('reconnecting');
      await settle();
      FakePeerConnection.last.becomes('connected');
      expect(call.phase.value).toBe('live');
      expect(test.page.track.stopped).toBe(false);
    }
    expect(test.server.to('/end')).toEqual([]);
    call.handleEvent(ended('continued', 's3'));
    await settle();
    expect(call.end.value?.reason).toBe('provider');
  });

  it('ignores the end of an earlier session', async () => {
    const call = await connect();
    call.handleEvent(ended('continued'));
    await settle();
    FakePeerConnection.last.becomes('connected');
    call.handleEvent(ended('visitor'));
    expect(call.phase.value).toBe('live');
  });

  it('has typed text spoken, and sends it as a message if that fails', async () => {
    const call = await begin();
    expect(call.say('Too soon')).toBe(false);
    FakePeerConnection.last.becomes('connected');
    expect(call.say('What does it cost?')).toBe(true);
    await settle();
    expect(test.server.to('/say')).toEqual([expect.objectContaining({ text: 'What does it cost?' })]);
    expect(test.server.written).toEqual([]);

    test.server.failures.say = refusal('The call is over.');
    expect(call.say('Are you there?')).toBe(true);
    await settle();
    expect(test.server.written).toEqual(['Are you there?']);
  });
});

describe('the microphone of a voice call', () => {
  it('is muted without being closed', async () => {
    const call = await connect();
    call.toggleMute();
    expect([test.page.track.enabled, test.page.track.stopped, call.on.value.microphone]).toEqual([false, false, false]);
    call.toggleMute();
    expect(test.page.track.enabled).toBe(true);
  });

  it('sends only while the button is held with push-to-talk', async () => {
    const call = await connect();
    call.togglePushToTalk();
    await settle(2_000);
    expect(test.server.to('/session').map(({ pushToTalk }) => pushToTalk)).toEqual([false, true]);
    FakePeerConnection.last.becomes('connected');
    expect([call.pushToTalk.value, call.canChoosePushToTalk.value, test.page.track.enabled]).toEqual([
      true,
      true,
      false,
    ]);

    call.holdTalkButton(true);
    expect(test.page.track.enabled).toBe(false);
    await settle();
    expect(test.page.track.enabled).toBe(true);
    call.holdTalkButton(false);
    expect(test.page.track.enabled).toBe(false);
    await settle();
    expect(test.server.to('/talk')).toEqual([{ pressed: true }, { pressed: false }]);
  });

  it('follows a tenant that requires push-to-talk', async () => {
    test.server.session = { pushToTalk: true };
    const call = await connect();
    expect([call.pushToTalk.value, call.canChoosePushToTalk.value]).toEqual([true, false]);
    call.togglePushToTalk();
    await settle(2_000);
    expect(FakePeerConnection.all.length).toBe(1);
  });

  it('can be unplugged: the call continues and says so', async () => {
    const call = await connect();
    test.page.track.onended?.();
    await settle();
    expect([call.phase.value, call.deviceErrors.value.microphone, FakePeerConnection.last.track]).toEqual([
      'live',
      'missing',
      null,
    ]);
  });
});

describe('a call whose provider needs a relay', () => {
  beforeEach(() => {
    test.server.session = { relay: true };
  });

  it('relays messages in both directions unchanged', async () => {
    await connect();
    const { channel } = FakePeerConnection.last;
    channel.onmessage?.({ data: '{"type":"response.done"}' });
    test.server.relayed[0]?.listener.message('{"type":"response.create"}');
    expect(channel.sent).toEqual([]);
    channel.opens();
    expect(channel.sent).toEqual(['{"type":"response.create"}']);
    expect(test.server.relayed[0]).toMatchObject({ sessionId: 's1', sent: ['{"type":"response.done"}'] });
  });

  it('queues messages while the connection is down, and sends them when it is back', async () => {
    const call = await connect();
    test.server.status.value = { state: 'reconnecting' };
    test.server.relayed[0]?.listener.ended();
    FakePeerConnection.last.channel.onmessage?.({ data: 'meanwhile' });
    await settle(3_000);
    expect(test.server.relayed.length).toBe(1);
    test.server.status.value = { state: 'online' };
    expect(test.server.relayed[1]?.sent).toEqual(['meanwhile']);
    await settle(20_000);
    expect(call.phase.value).toBe('live');
    call.hangUp();
    expect(test.server.relayed[1]?.closed).toBe(true);
  });

  it('is lost when the relay keeps breaking', async () => {
    const call = await connect();
    test.server.relayed[0]?.listener.ended();
    for (let n = 1; n < 9; n++) {
      await settle(1_100);
      test.server.relayed[n]?.listener.ended();
    }
    expect(call.phase.value).toBe('live');
    await settle(5_000);
    // It reconnects.
    expect(FakePeerConnection.all.length).toBe(2);
    expect(test.server.to('/end').length).toBe(1);
  });

  it('ends with its own reason if the transport cannot relay', async () => {
    test.server.canRelay = false;
    const call = await begin();
    await settle();
    expect(call.end.value?.reason).toBe('unrelayed');
    expect(test.server.to('/end').length).toBe(1);
    expect(test.page.track.stopped).toBe(true);
  });
});
