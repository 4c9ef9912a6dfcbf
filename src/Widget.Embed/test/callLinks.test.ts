import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallLinks, type ServerLinks } from '../src/meet/callLinks';
import type { Participant } from '../src/meet/contract';
import type { LinkState, MediaLinks, OwnTracks } from '../src/meet/links';
import type { Mesh } from '../src/meet/mesh';

const person = (id: string): Participant => ({
  id,
  name: id,
  role: 'guest',
  state: 'in',
  connected: true,
  order: 1,
  microphone: true,
  camera: true,
  screen: false,
  mutedByHost: false,
});
const [self, ada, grace] = [person('self'), person('ada'), person('grace')];
const tracks: OwnTracks = { microphone: undefined, camera: undefined, screen: undefined, unmuted: false };

/** Connections that do what the test says. */
class FakeLinks implements MediaLinks {
  readonly version = signal(0);
  readonly qualities = signal(new Map());
  readonly speaking = signal(new Set<string>());
  readonly states = new Map<string, LinkState>();
  followed: string[] = [];
  sent: OwnTracks | undefined;
  grows = true;
  isClosed = false;
  resumed = 0;

  follow(_self: Participant, others: readonly Participant[]): void {
    this.followed = others.map(({ id }) => id);
  }
  receive(): void {
    // Not looked at.
  }
  resume(): void {
    this.resumed++;
  }
  sendTracks(sent: OwnTracks): void {
    this.sent = sent;
  }
  stopConnecting(): void {
    this.grows = false;
  }
  stream(id: string): MediaStream | undefined {
    return this.states.has(id) ? (this as unknown as MediaStream) : undefined;
  }
  state(id: string): LinkState {
    return this.states.get(id) ?? 'new';
  }
  close(): void {
    this.isClosed = true;
  }
}

class FakeServer extends FakeLinks implements ServerLinks {
  connect: () => void = () => undefined;
  readonly ready = new Promise<void>((resolve) => (this.connect = resolve));
}

describe('The connections of a call', () => {
  let mesh: FakeLinks;
  let server: FakeServer;
  let loads: number;
  let links: CallLinks;
  beforeEach(() => {
    vi.useFakeTimers();
    [mesh, server, loads] = [new FakeLinks(), new FakeServer(), 0];
    links = new CallLinks(
      mesh as unknown as Mesh,
      { access: () => Promise.reject(new Error()), relayOnly: false },
      () => {
        loads++;
        return loads === 1 ? Promise.reject(new Error('offline')) : Promise.resolve(() => server);
      },
    );
    links.sendTracks(tracks);
    mesh.states.set('ada', 'connected');
  });
  afterEach(() => {
    links.close();
    vi.useRealTimers();
  });

  const move = async (): Promise<void> => {
    links.follow('livekit', self, [ada, grace]);
    await vi.advanceTimersByTimeAsync(2_000);
    server.connect();
    await vi.advanceTimersByTimeAsync(300);
  };

  it('load nothing while browsers are connected to one another', async () => {
    links.follow('peer', self, [ada]);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(loads).toBe(0);
    expect(links.current.value).toBe(mesh);
    expect(mesh.followed).toEqual(['ada']);
  });

  it('show each person from the server once the person is there, and close the direct ones at the end', async () => {
    await move();

    expect(loads).toBe(2);
    expect(server.sent).toBe(tracks);
    expect(mesh.grows).toBe(false);
    expect(links.current.value.stream('ada')).toBe(mesh);
    expect(links.current.value.state('grace')).toBe('new');
    server.states.set('ada', 'connected');
    expect(links.current.value.stream('ada')).toBe(server);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(mesh.isClosed).toBe(false);
    server.states.set('grace', 'connected');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(mesh.isClosed).toBe(true);
    expect(links.current.value).toBe(server);
  });

  it('do not wait for ever for a person who does not reach the server', async () => {
    await move();
    await vi.advanceTimersByTimeAsync(20_000);

    expect(mesh.isClosed).toBe(true);
    expect(links.current.value).toBe(server);
  });

  it('move once', async () => {
    await move();
    links.follow('livekit', self, [ada]);
    await vi.advanceTimersByTimeAsync(20_000);
    links.follow('livekit', self, [ada, grace]);
    links.resume();

    expect(loads).toBe(2);
    expect(server.followed).toEqual(['ada', 'grace']);
    expect(server.resumed).toBeGreaterThan(0);
  });

  it('send what is changed meanwhile, and end with the call', async () => {
    links.follow('livekit', self, [ada]);
    await vi.advanceTimersByTimeAsync(2_000);
    const changed = { ...tracks, unmuted: true };
    links.sendTracks(changed);
    links.close();
    server.connect();
    await vi.advanceTimersByTimeAsync(20_000);

    expect(server.sent).toBe(changed);
    expect([mesh.isClosed, server.isClosed]).toEqual([true, true]);
    expect(links.current.value).toBe(mesh);
  });
});
