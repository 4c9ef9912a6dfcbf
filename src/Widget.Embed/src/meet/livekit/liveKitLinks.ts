/**
 * The connection to LiveKit, over which all sound and picture go. LiveKit's client comes back by itself after short interruptions. When it
 * gives up, the page asks the hub for a new token and connects again, as long as the call lasts.
 */
import { signal } from '@preact/signals';
import {
  ConnectionQuality,
  ConnectionState,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  VideoQuality,
  type Participant as LiveKitParticipant,
  type RemoteParticipant,
} from 'livekit-client';
import type { ServerLinks, ServerOptions } from '../callLinks';
import type { Participant } from '../contract';
import { agentId, type LinkState, type OwnTracks } from '../links';
import type { Quality } from '../quality';
import { Publisher } from './publisher';

// Its messages about a normal call would only fill the page's console.
setLogLevel('warn');

const firstPause = 500;
const maxPause = 8_000;
/** Long, because a slow machine still encodes pictures for the direct connections at the same time. */
const connectTime = 30_000;
const qualities: Partial<Record<ConnectionQuality, Quality>> = {
  [ConnectionQuality.Excellent]: 'good',
  [ConnectionQuality.Good]: 'fair',
  [ConnectionQuality.Poor]: 'poor',
};
/** The more people there are, the smaller their pictures. Up to this many others are requested in the large and the medium size. */
const large = 4;
const medium = 9;

export class LiveKitLinks implements ServerLinks {
  readonly version = signal(0);
  readonly qualities = signal<ReadonlyMap<string, Quality>>(new Map());
  readonly speaking = signal<ReadonlySet<string>>(new Set());
  readonly ready: Promise<void>;
  readonly #publisher = new Publisher();
  readonly #streams = new Map<string, MediaStream>();
  #others: readonly Participant[] = [];
  /** Those whose sound and picture have come once over this connection. */
  readonly #arrived = new Set<string>();
  #room: Room | undefined;
  #wasReady = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(private readonly options: ServerOptions) {
    this.ready = new Promise((resolve) => void this.#run(resolve));
  }

  follow(_self: Participant, others: readonly Participant[]): void {
    this.#others = others;
  }

  receive(): void {
    // Messages between browsers set up direct connections only.
  }

  resume(): void {
    this.#wake?.();
  }

  sendTracks(tracks: OwnTracks): void {
    this.#publisher.send(tracks);
  }

  stream(id: string): MediaStream | undefined {
    return this.#streams.get(id);
  }

  state(id: string): LinkState {
    if (this.#room?.state !== ConnectionState.Connected) return this.#wasReady ? 'interrupted' : 'connecting';
    const participant = this.#room.remoteParticipants.get(id);
    if (!participant) return 'connecting';
    if (participant.connectionQuality === ConnectionQuality.Lost) return 'interrupted';
    const isComplete = [...participant.trackPublications.values()].every(({ track, isMuted }) => isMuted || track);
    if (!isComplete || (!this.#arrived.has(id) && this.#isMissing(id, participant))) return 'connecting';
    this.#arrived.add(id);
    return 'connected';
  }

  /** Whether a person who has just connected has not published yet what the hub says is on. */
  #isMissing(id: string, participant: RemoteParticipant): boolean {
    const person = this.#others.find((other) => other.id === id);
    const has = (source: Track.Source): boolean => !!participant.getTrackPublication(source);
    return (
      !!person &&
      ((person.microphone && !has(Track.Source.Microphone)) ||
        ((person.camera || person.screen) && !has(Track.Source.Camera) && !has(Track.Source.ScreenShare)))
    );
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
    void this.#room?.disconnect(false);
  }

  async #run(onReady: () => void): Promise<void> {
    let pause = firstPause;
    while (!this.isClosed()) {
      const room = new Room({ dynacast: true, stopLocalTrackOnUnpublish: false });
      try {
        const ended = this.#watch(room);
        const { url, token } = await this.options.access();
        await room.connect(url, token, {
          peerConnectionTimeout: connectTime,
          websocketTimeout: connectTime,
          ...(this.options.relayOnly && { rtcConfig: { iceTransportPolicy: 'relay' } }),
        });
        this.#room = room;
        if (this.isClosed()) break;
        pause = firstPause;
        await this.#publisher.attach(room.localParticipant);
        this.#wasReady = true;
        this.#changed();
        onReady();
        await ended;
      } catch {
        // Tried again.
      } finally {
        this.#publisher.detach();
        room.removeAllListeners();
        void room.disconnect(false);
        this.#room = undefined;
        this.#arrived.clear();
        this.#changed();
      }
      if (this.isClosed()) return;
      await this.#wait(pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, maxPause);
    }
  }

  #wait(time: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, time);
    });
  }

  /** Settles when LiveKit's client has given up. */
  #watch(room: Room): Promise<void> {
    const changed = (): void => this.#changed();
    for (const event of [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackPublished,
      RoomEvent.TrackUnpublished,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.ConnectionStateChanged,
      RoomEvent.ConnectionQualityChanged,
    ] as const)
      room.on(event, changed);
    room.on(RoomEvent.ActiveSpeakersChanged, (speakers: LiveKitParticipant[]) => {
      this.speaking.value = new Set(speakers.map(({ identity }) => identity));
    });
    return new Promise((resolve) => room.on(RoomEvent.Disconnected, () => resolve()));
  }

  #changed(): void {
    const participants = [...(this.#room?.remoteParticipants.values() ?? [])];
    const found = new Map<string, Quality>();
    const known = new Set<string>();
    for (const participant of participants) {
      const id = participant.isAgent ? agentId : participant.identity;
      known.add(id);
      const quality = qualities[participant.connectionQuality];
      if (quality) found.set(id, quality);
      this.#collect(id, participant);
      this.#chooseSize(participant, participants.length);
    }
    for (const id of this.#streams.keys()) if (!known.has(id)) this.#streams.delete(id);
    this.qualities.value = found;
    this.version.value = this.version.peek() + 1;
  }

  #collect(id: string, participant: RemoteParticipant): void {
    const trackOf = (source: Track.Source): MediaStreamTrack | undefined =>
      participant.getTrackPublication(source)?.track?.mediaStreamTrack;
    const wanted = [
      trackOf(Track.Source.Microphone),
      trackOf(Track.Source.ScreenShare) ?? trackOf(Track.Source.Camera),
    ].filter((track) => track !== undefined);
    const stream = this.#streams.get(id) ?? new MediaStream();
    this.#streams.set(id, stream);
    for (const track of stream.getTracks()) if (!wanted.includes(track)) stream.removeTrack(track);
    for (const track of wanted) stream.addTrack(track);
  }

  #chooseSize(participant: RemoteParticipant, count: number): void {
    for (const publication of participant.videoTrackPublications.values()) {
      if (!publication.track) continue;
      const isLarge = count <= large || publication.source === Track.Source.ScreenShare;
      publication.setVideoQuality(
        isLarge ? VideoQuality.HIGH : count <= medium ? VideoQuality.MEDIUM : VideoQuality.LOW,
      );
    }
  }

  private isClosed(): boolean {
    return this.#closed;
  }
}
