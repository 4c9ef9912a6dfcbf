/** One connection to the provider, with its session at our API. A call gets another when it reaches the provider's limit or breaks. */
import type { CallHost } from '../app/moduleHost';
import { Peer } from './peer';
import { RelayChannel } from './relayChannel';
import { VoiceSessionClient } from './sessionClient';
import type { VoiceSession } from './wire';

export interface VoiceConnectionListener {
  updated(session: VoiceSession): void;
  connected(): void;
  sound(stream: MediaStream): void;
  lost(): void;
  /** The provider needs a relay, which this page's transport does not support. */
  relayUnavailable(): void;
  gone(): void;
}

export class VoiceConnection {
  readonly session: VoiceSessionClient;
  /** Sound has passed through it. */
  connected = false;
  readonly #peer: Peer;
  #relay: RelayChannel | undefined;
  #closed = false;

  constructor(
    private readonly panel: CallHost,
    track: MediaStreamTrack | undefined,
    private readonly listener: VoiceConnectionListener,
  ) {
    this.session = new VoiceSessionClient(panel, listener);
    this.#peer = new Peer(track, {
      connected: () => {
        this.connected = true;
        listener.connected();
      },
      sound: (stream) => listener.sound(stream),
      message: (text) => this.#relay?.send(text),
      lost: () => listener.lost(),
    });
  }

  /** Throws an ApiError if the server refuses the call, another error if anything else fails. */
  async open(pushToTalk: boolean): Promise<void> {
    const offer = await this.#peer.offer();
    if (this.#closed) return;
    const session = await this.session.open(offer, pushToTalk);
    if (this.#isClosed()) return;
    if (!session.sdp) throw new Error('The provider sent no answer.');
    if (session.relay && !this.#openRelay(session.sessionId)) {
      this.listener.relayUnavailable();
      return;
    }
    await this.#peer.answer(session.sdp);
  }

  replaceTrack(track: MediaStreamTrack | undefined): Promise<void> {
    return this.#peer.replaceTrack(track);
  }

  /** Leaves the session at our API to the caller. */
  close(): void {
    this.#closed = true;
    this.#peer.close();
    this.#relay?.close();
  }

  #openRelay(sessionId: string): boolean {
    this.#relay = new RelayChannel(this.panel, sessionId, {
      message: (text) => this.#peer.send(text),
      lost: () => this.listener.lost(),
    });
    return this.#relay.open();
  }

  // A method, because TypeScript assumes that a field does not change during an await.
  #isClosed(): boolean {
    return this.#closed;
  }
}
