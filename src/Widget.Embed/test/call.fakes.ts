/** What the tests of calls share: fakes of the browser's peer connection and microphone and of our API, and the set-up of a test. */
import { signal } from '@preact/signals';
import { afterEach, beforeEach, vi } from 'vitest';
import type { Relay, RelayListener } from '../src/app/call';
import { ApiError } from '../src/app/api';
import type { CallHost } from '../src/app/moduleHost';
import type { VoiceSession } from '../src/voice/wire';

export class FakeTrack {
  readonly kind = 'audio';
  enabled = true;
  stopped = false;
  onended: (() => void) | null = null;
  stop(): void {
    this.stopped = true;
  }
  getSettings(): object {
    return { deviceId: 'fake' };
  }
}

export class FakeChannel {
  readyState = 'connecting';
  readonly sent: string[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  opens(): void {
    this.readyState = 'open';
    this.onopen?.();
  }
}

export class FakePeerConnection {
  static all: FakePeerConnection[] = [];
  readonly channel = new FakeChannel();
  iceGatheringState = 'complete';
  connectionState = 'new';
  localDescription: { sdp: string } | null = null;
  answer: string | undefined;
  closed = false;
  track: FakeTrack | null | undefined;
  ontrack: unknown = null;
  onconnectionstatechange: (() => void) | null = null;
  /** Whether the channel was created before the offer. */
  channelFirst = false;

  constructor() {
    FakePeerConnection.all.push(this);
  }
  static get last(): FakePeerConnection {
    const last = FakePeerConnection.all.at(-1);
    if (!last) throw new Error('There is no connection.');
    return last;
  }
  createDataChannel(): FakeChannel {
    this.channelFirst = this.localDescription === null;
    return this.channel;
  }
  addTransceiver(track: FakeTrack): { sender: object } {
    this.track = track;
    return {
      sender: {
        replaceTrack: (other: FakeTrack | null): Promise<void> => {
          this.track = other;
          return Promise.resolve();
        },
      },
    };
  }
  addEventListener(): void {
    // Gathering is already complete.
  }
  removeEventListener(): void {
    // Nothing to remove.
  }
  setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: `offer ${FakePeerConnection.all.length}` };
    return Promise.resolve();
  }
  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.answer = sdp;
    return Promise.resolve();
  }
  close(): void {
    this.closed = true;
  }
  becomes(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

export class FakeServer {
  readonly requests: { path: string; body: Record<string, unknown> }[] = [];
  readonly written: string[] = [];
  session: Partial<VoiceSession> = {};
  /** Errors to reject with, by action. */
  readonly failures: Record<string, Error> = {};
  /** Delays the responses. */
  held: Promise<unknown> | undefined;
  relayed: { sessionId: string; sent: string[]; listener: RelayListener; closed: boolean }[] = [];
  canRelay = true;
  readonly status = signal({ state: 'online' });
  #sessions = 0;

  get panel(): CallHost {
    return {
      conversationId: 'thread',
      host: { api: 'https://api.example' },
      status: this.status,
      post: (path: string, body: Record<string, unknown>) => this.#post(path, body),
      write: (text: string) => this.written.push(text),
      relay: (sessionId: string, listener: RelayListener) => this.#relay(sessionId, listener),
    } as unknown as CallHost;
  }

  /** The bodies of the requests whose path ends like this. */
  to(action: string): Record<string, unknown>[] {
    return this.requests.filter(({ path }) => path.replace(/\?.*/, '').endsWith(action)).map(({ body }) => body);
  }

  #post(path: string, body: Record<string, unknown>): Promise<unknown> {
    this.requests.push({ path, body });
    const action = path.split('/').at(-1) ?? '';
    const failure = this.failures[action];
    if (failure) return Promise.reject(failure);
    const opening = action === 'session';
    if (opening) this.#sessions++;
    const session: VoiceSession = {
      sessionId: `s${this.#sessions}`,
      threadId: 'thread',
      state: 'live',
      sdp: opening ? 'answer' : null,
      relay: false,
      pushToTalk: body.pushToTalk === true,
      maxSeconds: 900,
      remainingSeconds: 900,
      leaveToken: opening ? `leave${this.#sessions}` : null,
      endReason: null,
      problem: null,
      ...this.session,
    };
    return (this.held ?? Promise.resolve()).then(() => session);
  }

  #relay(sessionId: string, listener: RelayListener): Relay | undefined {
    if (!this.canRelay) return undefined;
    const relay = { sessionId, sent: [] as string[], listener, closed: false };
    this.relayed.push(relay);
    return {
      send: (text) => relay.sent.push(text),
      close: () => {
        relay.closed = true;
      },
    };
  }
}

export const refusal = (title: string): ApiError => new ApiError(503, title);

export interface Browser {
  track: FakeTrack;
  beacons: { url: string; body: string }[];
  leave: () => void;
  ask: ReturnType<typeof vi.fn<() => Promise<unknown>>>;
}

/** The browser, the server and the panel's callback of the current test. */
export interface CallTest {
  page: Browser;
  server: FakeServer;
  done: ReturnType<typeof vi.fn<(again: boolean) => void>>;
}

/** Sets up each test of a file: fake timers, a stubbed browser and a new server. Use the result inside of tests only. */
export function setUpCallTests(prepare: (test: CallTest) => void = () => undefined): CallTest {
  const test = {} as CallTest;
  beforeEach(() => {
    vi.useFakeTimers();
    Object.assign(test, { page: stubBrowser(), server: new FakeServer(), done: vi.fn<(again: boolean) => void>() });
    prepare(test);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return test;
}

/** Lets a time pass, and settles the promises that are due. */
export const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

function stubBrowser(): Browser {
  FakePeerConnection.all = [];
  const track = new FakeTrack();
  const leaving = new Set<() => void>();
  const beacons: Browser['beacons'] = [];
  const ask = vi.fn<() => Promise<unknown>>(() => Promise.resolve({ getTracks: () => [track] }));
  vi.stubGlobal('window', {
    addEventListener: (name: string, handler: () => void) => name === 'pagehide' && leaving.add(handler),
    removeEventListener: (_: string, handler: () => void) => leaving.delete(handler),
  });
  vi.stubGlobal('document', {});
  vi.stubGlobal('location', { href: 'https://shop.example/' });
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', Object);
  vi.stubGlobal('navigator', {
    mediaDevices: { getUserMedia: ask },
    sendBeacon: (url: string, body: string) => beacons.push({ url, body }),
  });
  return { track, beacons, ask, leave: () => leaving.forEach((handler) => handler()) };
}
