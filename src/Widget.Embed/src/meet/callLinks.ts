/**
 * The connections of a call. At first browsers are connected directly. When the room moves to a media server, the page also connects to the
 * server, and shows each person from there as soon as that person's sound and picture arrive. Then the direct connections end.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { MediaAccess, Participant, Signal, Transport } from './contract';
import type { LinkState, MediaLinks, OwnTracks } from './links';
import type { Mesh } from './mesh';
import type { Quality } from './quality';

/** Connections to a media server. */
export interface ServerLinks extends MediaLinks {
  /** Settles when the page is connected for the first time and sends its tracks. */
  readonly ready: Promise<void>;
}

export interface ServerOptions {
  /** Asks the hub how to connect. Each connection needs a new token. */
  access(): Promise<MediaAccess>;
  relayOnly: boolean;
}

const loadRetryDelay = 2_000;
const pollInterval = 250;
/** Others may see us at the server a little later than we see them. */
const settleTime = 2_000;
/** After this time, the direct connections end even if somebody has not reached the server. */
const maxHandover = 15_000;

export class CallLinks {
  readonly current: ReadonlySignal<MediaLinks>;
  readonly #current = signal<MediaLinks>(undefined as unknown as MediaLinks);
  #tracks: OwnTracks = { microphone: undefined, camera: undefined, screen: undefined, unmuted: true };
  #people: [self: Participant, others: readonly Participant[]] | undefined;
  #server: ServerLinks | undefined;
  #moves = false;
  #closed = false;

  constructor(
    private readonly mesh: Mesh,
    private readonly options: ServerOptions,
    private readonly load: () => Promise<(options: ServerOptions) => ServerLinks> = loadLiveKit,
  ) {
    this.#current.value = mesh;
    this.current = this.#current;
  }

  follow(transport: Transport, self: Participant, others: readonly Participant[]): void {
    this.#people = [self, others];
    if (transport === 'livekit' && !this.#moves) {
      this.#moves = true;
      this.mesh.stopConnecting();
      void this.#move();
    }
    this.#current.peek().follow(self, others);
    // Before the handover, current is the mesh only.
    if (this.#server && this.#current.peek() === this.mesh) this.#server.follow(self, others);
  }

  receive(message: Signal): void {
    this.#current.peek().receive(message);
  }

  resume(): void {
    this.#current.peek().resume();
    this.#server?.resume();
  }

  sendTracks(tracks: OwnTracks): void {
    this.#tracks = tracks;
    this.mesh.sendTracks(tracks);
    this.#server?.sendTracks(tracks);
  }

  close(): void {
    this.#closed = true;
    this.mesh.close();
    this.#server?.close();
  }

  async #move(): Promise<void> {
    const server = await this.#connect();
    if (!server) return;
    await server.ready;
    if (this.isClosed()) return;
    this.#current.value = new Handover(server, this.mesh);
    const until = Date.now() + maxHandover;
    while (
      !this.isClosed() &&
      Date.now() < until &&
      this.#people?.[1].some(({ id }) => server.state(id) !== 'connected')
    )
      await pause(pollInterval);
    await pause(settleTime);
    this.#current.value = server;
    this.mesh.close();
  }

  async #connect(): Promise<ServerLinks | undefined> {
    while (!this.isClosed()) {
      try {
        const create = await this.load();
        if (this.isClosed()) return undefined;
        const server = create(this.options);
        this.#server = server;
        server.sendTracks(this.#tracks);
        if (this.#people) server.follow(...this.#people);
        return server;
      } catch {
        // The file could not be loaded.
        await pause(loadRetryDelay);
      }
    }
    return undefined;
  }

  private isClosed(): boolean {
    return this.#closed;
  }
}

/** Takes each person's sound and picture from the server once they come from there, and from the direct connection until then. */
class Handover implements MediaLinks {
  readonly version = computed(() => this.next.version.value + this.before.version.value);
  readonly qualities = computed<ReadonlyMap<string, Quality>>(
    () => new Map([...this.before.qualities.value, ...this.next.qualities.value]),
  );
  readonly speaking = computed<ReadonlySet<string>>(
    () => new Set([...this.before.speaking.value, ...this.next.speaking.value]),
  );

  constructor(
    private readonly next: MediaLinks,
    private readonly before: MediaLinks,
  ) {}

  follow(self: Participant, others: readonly Participant[]): void {
    this.before.follow(self, others);
    this.next.follow(self, others);
  }

  receive(message: Signal): void {
    this.before.receive(message);
  }

  resume(): void {
    this.before.resume();
  }

  sendTracks(): void {
    // Both get the tracks from CallLinks.
  }

  stream(id: string): MediaStream | undefined {
    return this.#of(id).stream(id);
  }

  state(id: string): LinkState {
    return this.#of(id).state(id);
  }

  close(): void {
    // CallLinks closes both.
  }

  #of(id: string): MediaLinks {
    return this.next.state(id) === 'connected' || this.before.state(id) !== 'connected' ? this.next : this.before;
  }
}

async function loadLiveKit(): Promise<(options: ServerOptions) => ServerLinks> {
  const { LiveKitLinks } = await import('./livekit/liveKitLinks');
  return (options) => new LiveKitLinks(options);
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
