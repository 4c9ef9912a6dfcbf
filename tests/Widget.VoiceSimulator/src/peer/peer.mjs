// @ts-check
import { Speaker } from '../audio/speaker.mjs';
import { invalid } from '../provider/errors.mjs';
import { Reception } from './reception.mjs';
import { checkOffer, unreachable, withoutCandidates } from './sdp.mjs';
import { webrtc } from './webrtc.mjs';

/** After an interruption of this length the visitor counts as gone. */
const LOST_MS = 6000;
const GATHERING_MS = 3000;

/**
 * The provider's side of a WebRTC connection: the visitor's sound, the provider's voice and the data channel for events.
 *
 * @typedef {object} PeerListener
 * @property {() => void} opened the data channel is open
 * @property {(text: string) => void} received a message on the data channel
 * @property {(samples: Int16Array) => void} heard the next 10 ms of the visitor's sound, 48 kHz mono
 * @property {() => void} gone the visitor has closed the connection or is unreachable
 */
export class Peer {
  #connection;
  #source;
  #track;
  #sinks = /** @type {any[]} */ ([]);
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #lost = /** @type {NodeJS.Timeout | undefined} */ (undefined);
  #closed = false;

  /** @param {PeerListener} listener */
  constructor(listener) {
    const { RTCPeerConnection, nonstandard } = /** @type {any} */ (webrtc());
    this.listener = listener;
    this.#connection = new RTCPeerConnection();
    this.#source = new nonstandard.RTCAudioSource();
    this.#track = this.#source.createTrack();
    this.speaker = new Speaker(this.#source);
    this.reception = new Reception(this.#connection);
    this.#connection.onconnectionstatechange = () => this.#stateChanged();
    this.#connection.ondatachannel = (/** @type {RTCDataChannelEvent} */ event) => this.#take(event.channel);
    this.#connection.ontrack = (/** @type {RTCTrackEvent} */ event) => {
      const sink = new nonstandard.RTCAudioSink(event.track);
      sink.ondata = (/** @type {{ samples: Int16Array }} */ data) => this.listener.heard(data.samples);
      this.#sinks.push(sink);
    };
  }

  /**
   * @param {string} offer
   * @param {{ reachable: boolean }} options reachable false: the answer contains only an unreachable address
   * @returns {Promise<string>} the SDP answer with all candidates
   */
  async answer(offer, { reachable }) {
    checkOffer(offer);
    try {
      await this.#connection.setRemoteDescription({ type: 'offer', sdp: reachable ? offer : withoutCandidates(offer) });
      this.#connection.addTrack(this.#track);
      await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    } catch (error) {
      throw invalid('invalid_offer', `The SDP offer could not be used: ${/** @type {Error} */ (error).message}`, 'sdp');
    }
    await this.#gathered();
    this.speaker.start();
    this.reception.start();
    const answer = this.#connection.localDescription.sdp;
    return reachable ? answer : unreachable(answer);
  }

  /** @returns {Promise<void>} */
  #gathered() {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHERING_MS);
      const look = () => {
        if (this.#connection.iceGatheringState !== 'complete') return;
        clearTimeout(timer);
        resolve();
      };
      this.#connection.onicegatheringstatechange = look;
      look();
    });
  }

  /** @param {RTCDataChannel} channel */
  #take(channel) {
    this.#channel = channel;
    const opened = () => {
      channel.onopen = null;
      this.listener.opened();
    };
    channel.onmessage = (message) => this.listener.received(String(message.data));
    channel.onclose = () => this.#gone();
    if (channel.readyState === 'open') opened();
    else channel.onopen = opened;
  }

  #stateChanged() {
    const state = this.#connection.connectionState;
    clearTimeout(this.#lost);
    if (state === 'failed' || state === 'closed') this.#gone();
    else if (state === 'disconnected') this.#lost = setTimeout(() => this.#gone(), LOST_MS);
  }

  #gone() {
    if (!this.#closed) this.listener.gone();
  }

  /** @param {string} text */
  send(text) {
    if (this.#channel?.readyState !== 'open') return;
    try {
      this.#channel.send(text);
    } catch {
      // The channel has just closed. Its close event follows.
    }
  }

  /** Waits briefly until the data channel's buffer is empty. */
  async flush() {
    for (let i = 0; i < 20 && (this.#channel?.bufferedAmount ?? 0) > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#lost);
    this.speaker.stop();
    this.reception.stop();
    for (const sink of this.#sinks) sink.stop();
    this.#track.stop();
    this.#connection.close();
  }
}
