/**
 * The connection to one other participant, with perfect negotiation (W3C WebRTC, "Perfect negotiation example"): both sides may offer at any
 * time, and of two offers that cross, the impolite side's counts.
 */

import type { LinkState } from './links';

/** What is sent to the other side. The id marks a message so that a lost one can be sent again. */
export interface Outgoing {
  description?: RTCSessionDescription;
  candidate?: RTCIceCandidate | null;
}

export interface PeerEvents {
  send(message: Outgoing): void;
  /** The other side's tracks have changed. */
  changed(): void;
}

/** A short interruption often heals by itself. */
const restartDelay = 2_500;

export class Peer {
  readonly connection: RTCPeerConnection;
  /** The other side's sound and picture. */
  readonly stream = new MediaStream();
  #makingOffer = false;
  #ignoresOffer = false;
  #settingAnswer = false;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #tracks: { audio: MediaStreamTrack | null; video: MediaStreamTrack | null } = { audio: null, video: null };
  #closed = false;
  /** Candidates that came before the description that they belong to. */
  #early: RTCIceCandidateInit[] = [];

  constructor(
    private readonly polite: boolean,
    configuration: RTCConfiguration,
    private readonly events: PeerEvents,
  ) {
    this.connection = new RTCPeerConnection(configuration);
    const { connection } = this;
    connection.onnegotiationneeded = () => void this.#offer();
    connection.onicecandidate = ({ candidate }) => this.events.send({ candidate });
    connection.ontrack = ({ track }) => {
      for (const other of this.stream.getTracks()) if (other.kind === track.kind) this.stream.removeTrack(other);
      this.stream.addTrack(track);
      track.onunmute = track.onmute = track.onended = () => this.events.changed();
      this.events.changed();
    };
    connection.oniceconnectionstatechange = () => this.#followConnection();
    connection.onconnectionstatechange = () => this.events.changed();
    // One side makes the two lines of the first offer, and the other fills them. So the lines are the same on both sides.
    if (!polite) for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'sendrecv' });
  }

  get state(): LinkState {
    const { connectionState } = this.connection;
    return connectionState === 'connected' || connectionState === 'new' || connectionState === 'connecting'
      ? connectionState
      : 'interrupted';
  }

  /** Sends these tracks from now on. Null sends silence or no picture. */
  async sendTracks(audio: MediaStreamTrack | null, video: MediaStreamTrack | null): Promise<void> {
    this.#tracks = { audio, video };
    await this.#applyTracks();
  }

  async receive({
    description,
    candidate,
  }: {
    description?: RTCSessionDescriptionInit | null;
    candidate?: RTCIceCandidateInit | null;
  }): Promise<void> {
    if (this.#closed) return;
    if (description) await this.#receiveDescription(description);
    else if (candidate) await this.#receiveCandidate(candidate);
  }

  /** The other side is reachable again: it may have missed our offer, or the candidates. */
  resume(): void {
    if (this.#closed) return;
    const { connection } = this;
    if (connection.signalingState === 'have-local-offer' && connection.localDescription)
      this.events.send({ description: connection.localDescription });
    if (['failed', 'disconnected'].includes(connection.iceConnectionState)) connection.restartIce();
    // The first offer was lost before there was anything to repeat.
    else if (!this.polite && connection.signalingState === 'stable' && !connection.remoteDescription)
      void this.#offer();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#restart);
    const { connection } = this;
    connection.onnegotiationneeded = connection.onicecandidate = connection.ontrack = null;
    connection.oniceconnectionstatechange = connection.onconnectionstatechange = null;
    connection.close();
  }

  async #offer(): Promise<void> {
    // The polite side has nothing to offer before it knows the lines.
    if (this.#closed || (this.polite && !this.connection.remoteDescription)) return;
    try {
      this.#makingOffer = true;
      await this.connection.setLocalDescription();
      if (this.connection.localDescription) this.events.send({ description: this.connection.localDescription });
    } catch {
      // The connection was closed, or an offer of the other side came first.
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receiveDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const { connection } = this;
    const isReady = !this.#makingOffer && (connection.signalingState === 'stable' || this.#settingAnswer);
    this.#ignoresOffer = description.type === 'offer' && !isReady && !this.polite;
    if (this.#ignoresOffer) return;
    // An answer that comes twice.
    if (description.type === 'answer' && connection.signalingState !== 'have-local-offer') return;
    this.#settingAnswer = description.type === 'answer';
    try {
      await connection.setRemoteDescription(description);
    } catch (error) {
      if (!this.#closed) throw error;
      return;
    } finally {
      this.#settingAnswer = false;
    }
    const early = this.#early;
    this.#early = [];
    for (const candidate of early) await this.#receiveCandidate(candidate);
    if (description.type !== 'offer') return;
    await this.#applyTracks();
    await connection.setLocalDescription();
    if (connection.localDescription) this.events.send({ description: connection.localDescription });
  }

  async #receiveCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.connection.remoteDescription) {
      this.#early.push(candidate);
      return;
    }
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      // Candidates of an offer that was ignored, or of one that has been replaced, have no use.
      if (!this.#ignoresOffer && !this.#closed) console.debug('A candidate was not used.', error);
    }
  }

  async #applyTracks(): Promise<void> {
    for (const transceiver of this.connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as 'audio' | 'video';
      if (transceiver.direction !== 'sendrecv' && transceiver.direction !== 'stopped')
        transceiver.direction = 'sendrecv';
      if (transceiver.sender.track !== this.#tracks[kind]) await transceiver.sender.replaceTrack(this.#tracks[kind]);
    }
  }

  #followConnection(): void {
    clearTimeout(this.#restart);
    const { iceConnectionState } = this.connection;
    if (iceConnectionState === 'failed') this.connection.restartIce();
    else if (iceConnectionState === 'disconnected')
      this.#restart = setTimeout(() => this.connection.restartIce(), restartDelay);
    this.events.changed();
  }
}
