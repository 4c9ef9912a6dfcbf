/** Direct connections to all others in the call, and how good each one is. */
import { signal } from '@preact/signals';
import type { Participant, Signal } from './contract';
import type { LinkState, MediaLinks, OwnTracks } from './links';
import { Peer, type Outgoing } from './peer';
import { rate, sample, type Quality, type Sample } from './quality';

export interface Link {
  peer: Peer;
  instance: string;
  connected: boolean;
  last?: Sample | undefined;
}

const sampleInterval = 1_000;
/** Speech is louder than this. */
const speaking = 0.02;

export class Mesh implements MediaLinks {
  readonly version = signal(0);
  readonly qualities = signal<ReadonlyMap<string, Quality>>(new Map());
  readonly speaking = signal<ReadonlySet<string>>(new Set());
  readonly #links = new Map<string, Link>();
  readonly #timer: ReturnType<typeof setInterval>;
  #connectsNew = true;
  #tracks: [audio: MediaStreamTrack | null, video: MediaStreamTrack | null] = [null, null];

  constructor(
    private readonly configuration: () => RTCConfiguration,
    private readonly send: (to: string, message: Outgoing) => Promise<boolean>,
  ) {
    this.#timer = setInterval(() => void this.#sample(), sampleInterval);
  }

  /** Connects to those who are there, and forgets the others. */
  follow(self: Participant, others: readonly Participant[]): void {
    for (const id of [...this.#links.keys()]) if (!others.some((other) => other.id === id)) this.#drop(id);
    for (const other of others) {
      if (!other.instance) continue;
      let link = this.#links.get(other.id);
      if (link && link.instance !== other.instance) {
        this.#drop(other.id);
        link = undefined;
      }
      if (!link) {
        if (this.#connectsNew) this.#connect(self, other);
      } else if (other.connected && !link.connected) link.peer.resume();
      const current = this.#links.get(other.id);
      if (current) current.connected = other.connected;
    }
  }

  /** Connects to nobody else from now on. */
  stopConnecting(): void {
    this.#connectsNew = false;
  }

  receive({ from, instance, description, candidate }: Signal): void {
    const link = this.#links.get(from);
    // A message of an earlier page load.
    if (link?.instance !== instance) return;
    void link.peer.receive({ description: description ?? null, candidate: candidate ?? null });
  }

  /** We are reachable again, and may have missed something. */
  resume(): void {
    for (const { peer } of this.#links.values()) peer.resume();
  }

  sendTracks({ microphone, camera, screen }: OwnTracks): void {
    this.#tracks = [microphone ?? null, screen ?? camera ?? null];
    for (const { peer } of this.#links.values()) void peer.sendTracks(...this.#tracks);
  }

  stream(id: string): MediaStream | undefined {
    return this.#links.get(id)?.peer.stream;
  }

  state(id: string): LinkState {
    return this.#links.get(id)?.peer.state ?? 'new';
  }

  close(): void {
    clearInterval(this.#timer);
    for (const id of [...this.#links.keys()]) this.#drop(id);
  }

  #connect(self: Participant, other: Participant): void {
    const peer = new Peer(self.order > other.order, this.configuration(), {
      send: (message) => void this.send(other.id, message),
      changed: () => (this.version.value = this.version.peek() + 1),
    });
    void peer.sendTracks(...this.#tracks);
    this.#links.set(other.id, { peer, instance: other.instance ?? '', connected: other.connected });
    this.version.value = this.version.peek() + 1;
  }

  #drop(id: string): void {
    this.#links.get(id)?.peer.close();
    this.#links.delete(id);
    this.version.value = this.version.peek() + 1;
  }

  async #sample(): Promise<void> {
    const qualities = new Map<string, Quality>();
    const loud = new Set<string>();
    for (const [id, link] of this.#links) {
      if (link.peer.state !== 'connected') continue;
      const now = await sample(link.peer.connection);
      qualities.set(id, rate(link.last, now));
      link.last = now;
      if (now.level > speaking) loud.add(id);
    }
    this.qualities.value = qualities;
    this.speaking.value = loud;
  }
}
