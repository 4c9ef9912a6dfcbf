import { signal } from '@preact/signals';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import { Call } from '../src/call/call';
import { serverMessage, retryOnce, withTimeout } from '../src/call/requests';
import { SessionClient, type CallSession } from '../src/call/sessionClient';
import type { DeviceErrors } from '../src/media/deviceError';
import { setUpCallTests, settle, type FakeServer } from './call.fakes';

type Reason = 'time_limit' | 'unknown';

class TestSession extends SessionClient<CallSession<Reason>> {
  open(): Promise<unknown> {
    return this.create({});
  }
  protected override keepAliveDelay(): number {
    return 10_000;
  }
}

/** The least that a mode has to supply. */
class TestCall extends Call<'connecting', Reason, CallSession<Reason>> {
  readonly on = signal({ microphone: false });
  readonly log: string[] = [];
  protected readonly connectingPhase = 'connecting';
  protected readonly session: TestSession;

  constructor(server: FakeServer, done: (again: boolean) => void) {
    super(server.panel, done);
    this.session = new TestSession(server.panel, '/api/test/session', {
      updated: (session) => this.receive(session),
      gone: (message) => this.ended(undefined, message),
    });
    this.start();
  }
  connectionLost(): Promise<void> {
    return this.fetchEndReason(this.session, 1_000).then(() => this.finish('lost', 'request'));
  }
  protected async openDevices(): Promise<DeviceErrors> {
    const microphone = await this.devices.choose('microphone');
    return microphone ? { microphone } : {};
  }
  protected deviceChanged(kind: string): Promise<void> {
    this.log.push(`device ${kind}`);
    return Promise.resolve();
  }
  protected async connect(): Promise<void> {
    await this.session.open();
  }
  protected updated(): void {
    this.phase.value = 'live';
    this.startClock();
  }
  protected ended(reason: Reason | 'failed' = 'unknown', message?: string): void {
    this.finish(reason, 'none', { message });
  }
  protected logged({ kind }: { kind: string }): void {
    this.log.push(kind);
  }
  protected secondsElapsed(): number {
    return this.remaining.value === undefined ? 0 : 900 - this.remaining.value;
  }
  protected disconnect(): void {
    this.log.push('disconnect');
  }
  protected clear(): void {
    this.log.push('clear');
  }
}

const test = setUpCallTests();
const begin = async (): Promise<TestCall> => {
  const call = new TestCall(test.server, test.done);
  await settle();
  return call;
};

describe('a call', () => {
  it('asks for the devices, opens a session and shows the time that is left', async () => {
    const call = new TestCall(test.server, test.done);
    expect([call.phase.value, call.active.value]).toEqual(['asking', true]);
    await settle();
    expect(call.phase.value).toBe('live');
    await settle(9_000);
    expect(call.elapsed.value).toBeCloseTo(9, 0);
    expect(call.remaining.value).toBeCloseTo(891, 0);
    await settle(51_000);
    expect(test.server.to('/alive').length).toBe(6);
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
  ])('opens no session without a microphone (%s), until the visitor tries again', async (error, deviceError) => {
    test.page.ask.mockRejectedValueOnce(new DOMException('', error));
    const call = await begin();
    expect([call.phase.value, call.deviceErrors.value]).toEqual(['no_microphone', { microphone: deviceError }]);
    expect(test.server.requests).toEqual([]);
    call.retryDevices();
    expect(call.phase.value).toBe('asking');
    await settle();
    expect([call.phase.value, call.deviceErrors.value]).toEqual(['live', {}]);
  });

  it('does not ask for a microphone that the page’s policy forbids', async () => {
    vi.stubGlobal('document', { featurePolicy: { allowsFeature: () => false } });
    const call = await begin();
    expect(call.deviceErrors.value.microphone).toBe('policy');
    expect(test.page.ask).not.toHaveBeenCalled();
  });

  it('opens no session if the visitor hangs up as the microphone opens', async () => {
    const call = new TestCall(test.server, test.done);
    call.phase.subscribe((phase) => {
      if (phase === 'connecting') call.hangUp();
    });
    await settle();
    expect(call.phase.value).toBe('over');
    expect(test.server.requests).toEqual([]);
    expect(test.page.track.stopped).toBe(true);
  });

  it('shows the server’s message when it is refused, but not a bare status code', async () => {
    test.server.failures.session = new ApiError(409, 'No minutes are left this month.');
    const refused = await begin();
    expect(refused.end.value).toEqual({ reason: 'refused', seconds: 0, message: 'No minutes are left this month.' });
    expect(test.page.track.stopped).toBe(true);

    // Another try would be refused, too.
    test.server.failures.session = new ApiError(402, 'Calls are not possible at the moment.');
    expect((await begin()).end.value).toEqual({ reason: 'refused', seconds: 0, noRetry: true });

    test.server.failures.session = new ApiError(404, '404');
    const unexplained = await begin();
    expect(unexplained.end.value).toEqual({ reason: 'refused', seconds: 0 });
  });

  it('ends once, stops the devices and tells the server', async () => {
    const call = await begin();
    call.hangUp();
    call.hangUp();
    call.destroy();
    await settle(60_000);
    expect([call.phase.value, call.active.value, call.end.value?.reason]).toEqual(['over', false, 'visitor']);
    expect(test.page.track.stopped).toBe(true);
    expect(test.server.to('/end').length).toBe(1);
    expect(test.page.beacons).toEqual([]);
    expect(call.log).toEqual(['disconnect', 'clear']);
  });

  it('sends its leave token with a beacon when the page unloads', async () => {
    const call = await begin();
    // Later responses have no token: the first one must be kept.
    await settle(20_000);
    test.page.leave();
    expect(call.end.value?.reason).toBe('left');
    expect(test.page.beacons).toEqual([
      { url: 'https://api.example/api/test/session/s1/leave', body: '{"leaveToken":"leave1"}' },
    ]);
    expect(test.server.to('/end')).toEqual([]);
    test.page.leave();
    expect(test.page.beacons.length).toBe(1);
  });

  it('falls back to the beacon when the server cannot be told', async () => {
    const call = await begin();
    test.server.failures.end = new TypeError('No network.');
    call.hangUp();
    await settle(1_000);
    expect(test.server.to('/end').length).toBe(2);
    expect(test.page.beacons.length).toBe(1);
  });

  it.each([
    [{ state: 'ended', endReason: 'time_limit' }, 'time_limit'],
    [{ state: 'failed', endReason: null }, 'failed'],
    [{ state: 'ending', endReason: null }, 'unknown'],
  ])('ends as the server says: %j', async (session, reason) => {
    const call = await begin();
    test.server.session = session as never;
    await settle(10_000);
    expect(call.end.value?.reason).toBe(reason);
    expect([test.server.to('/end'), test.page.beacons]).toEqual([[], []]);
  });

  it('ends when the server no longer has the session, and continues after an error', async () => {
    const call = await begin();
    test.server.failures.alive = new ApiError(500, '500');
    await settle(10_000);
    expect(call.phase.value).toBe('live');
    test.server.failures.alive = new ApiError(404, 'There is no such call.');
    await settle(10_000);
    expect(call.end.value).toMatchObject({ reason: 'unknown', message: 'There is no such call.' });
  });

  it('asks the server why the connection broke, now and a moment later', async () => {
    const lost = await begin();
    void lost.connectionLost();
    await settle(1_000);
    expect(test.server.to('/alive').length).toBe(2);
    expect(lost.end.value?.reason).toBe('lost');

    const ended = await begin();
    void ended.connectionLost();
    await settle();
    test.server.session = { state: 'ended', endReason: 'time_limit' };
    await settle(1_000);
    expect(ended.end.value?.reason).toBe('time_limit');
  });

  it('continues when a device is lost, and shows the error until another is chosen', async () => {
    const call = await begin();
    test.page.track.onended?.();
    expect([call.phase.value, call.deviceErrors.value]).toEqual(['live', { microphone: 'missing' }]);
    await call.choose('microphone', 'other');
    expect(call.deviceErrors.value).toEqual({});
    expect(call.log).toEqual(['device microphone', 'device microphone']);
  });

  it('handles only its own events', async () => {
    const call = await begin();
    const event = { kind: 'utterance', seq: 1, at: '', clientId: null };
    call.handleEvent({ ...event, sessionId: 's2' } as never);
    call.handleEvent({ ...event, kind: 'visitor_message' } as never);
    expect(call.log).toEqual([]);
    call.handleEvent({ ...event, sessionId: 's1' } as never);
    expect(call.log).toEqual(['utterance']);
  });

  it('tells the panel how the visitor continues', async () => {
    const call = await begin();
    call.hangUp();
    call.callAgain();
    call.close();
    expect(test.done.mock.calls).toEqual([[true], [false]]);
  });
});

describe('a request of a call', () => {
  it.each([
    [new TypeError('No network.'), 2],
    [new ApiError(500, '500'), 2],
    [new ApiError(502, '502'), 2],
    [new ApiError(502, 'The provider failed.'), 1],
    [new ApiError(503, 'Not now.'), 1],
    [new ApiError(404, 'No such call.'), 1],
  ])('is repeated only if that may help: %s', async (error, times) => {
    const request = vi.fn(() => Promise.reject(error));
    const failed = expect(retryOnce(request)).rejects.toBe(error);
    await settle(1_000);
    await failed;
    expect(request).toHaveBeenCalledTimes(times);
  });

  it('fails when it gets no response', async () => {
    const failed = expect(withTimeout(new Promise(() => undefined))).rejects.toThrow('did not respond in time');
    await settle(8_000);
    await failed;
  });

  it('has a message for the visitor only if the server sent one', () => {
    expect(serverMessage(new ApiError(409, 'No minutes are left.'))).toBe('No minutes are left.');
    expect(serverMessage(new ApiError(502, '502'))).toBeUndefined();
    expect(serverMessage(new TypeError('Failed to fetch'))).toBeUndefined();
  });
});
