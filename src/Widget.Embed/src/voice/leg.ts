/** One connection of a voice call, with its session at our API. A call has another where its provider's limit or a lost line asks for it. */
import type { CallHost } from '../app/moduleHost';
import { VoiceLine } from './line';
import { Passage } from './passage';
import { Peer } from './peer';
import type { VoiceSession } from './wire';

export interface LegListener {
  heard(session: VoiceSession): void;
  connected(): void;
  sound(stream: MediaStream): void;
  lost(): void;
  /** The call needs a line to our server that this page cannot have. */
  unrelayed(): void;
  gone(): void;
}

export class Leg {
  readonly line: VoiceLine;
  /** Sound went to and fro. */
  connected = false;
  readonly #peer: Peer;
  #passage: Passage | undefined;
  #closed = false;

  constructor(
    private readonly panel: CallHost,
    track: MediaStreamTrack | undefined,
    private readonly listener: LegListener,
  ) {
    this.line = new VoiceLine(panel, listener);
    this.#peer = new Peer(track, {
      connected: () => {
        this.connected = true;
        listener.connected();
      },
      sound: (stream) => listener.sound(stream),
      message: (text) => this.#passage?.send(text),
      lost: () => listener.lost(),
    });
  }

  /** Throws an ApiError when it is refused, anything else when it did not come about. */
  async open(pushToTalk: boolean): Promise<void> {
    const offer = await this.#peer.offer();
    if (this.#closed) return;
    const session = await this.line.open(offer, pushToTalk);
    if (this.#isClosed()) return;
    if (!session.sdp) throw new Error('The provider did not answer.');
    if (session.relay) {
      this.#passage = new Passage(this.panel, session.sessionId, {
        message: (text) => this.#peer.send(text),
        lost: () => this.listener.lost(),
      });
      if (!this.#passage.open()) {
        this.listener.unrelayed();
        return;
      }
    }
    await this.#peer.answer(session.sdp);
  }

  replace(track: MediaStreamTrack | undefined): Promise<void> {
    return this.#peer.replace(track);
  }

  // TypeScript does not see that it may be closed while something is awaited.
  #isClosed(): boolean {
    return this.#closed;
  }

  /** Lets go of the line; what the server is told is up to the caller. */
  close(): void {
    this.#closed = true;
    this.#peer.close();
    this.#passage?.close();
  }
}
