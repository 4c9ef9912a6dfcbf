// @ts-check
import { WebSocket } from 'ws';
import { speak } from '../src/audio/espeak.mjs';
import { level } from '../src/audio/pcm.mjs';
import { Speaker } from '../src/audio/speaker.mjs';
import { loadWebRtc, webrtc } from '../src/peer/webrtc.mjs';
import { Events } from './events.mjs';

await loadWebRtc();

const visitors = /** @type {Set<Visitor>} */ (new Set());

/** Closes the visitors of failed tests, which would keep the process alive. */
export function leaveAll() {
  for (const visitor of visitors) visitor.leave();
}

/** A visitor's browser: a peer with a microphone, a sink for sound and the data channel. */
export class Visitor {
  events = new Events();
  /** Seconds of received sound, without silence. */
  heardSeconds = 0;
  #closed = /** @type {() => void} */ (() => {});
  closed = new Promise((resolve) => (this.#closed = () => resolve(undefined)));
  #sinks = /** @type {any[]} */ ([]);

  constructor() {
    visitors.add(this);
    const { RTCPeerConnection, nonstandard } = /** @type {any} */ (webrtc());
    this.connection = new RTCPeerConnection();
    const source = new nonstandard.RTCAudioSource();
    this.track = source.createTrack();
    this.connection.addTrack(this.track);
    this.microphone = new Speaker(source);
    this.channel = this.connection.createDataChannel('oai-events');
    this.channel.onmessage = (/** @type {MessageEvent} */ message) => this.events.add(String(message.data));
    this.channel.onclose = () => this.#closed();
    this.connection.ontrack = (/** @type {RTCTrackEvent} */ event) => {
      const sink = new nonstandard.RTCAudioSink(event.track);
      sink.ondata = (/** @type {{ samples: Int16Array }} */ data) => {
        if (level(data.samples) > 0.008) this.heardSeconds += 0.01;
      };
      this.#sinks.push(sink);
    };
  }

  async offer() {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    this.microphone.start();
    return /** @type {string} */ (this.connection.localDescription.sdp);
  }

  /** @param {string} sdp */
  async accept(sdp) {
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
  }

  /** Synthesizes a text in advance, so that `say` starts at once. @param {string} text */
  async prepare(text) {
    await speak(text, 'visitor');
  }

  /** Speaks into the microphone. @param {string} text @returns {Promise<void>} settles when it has been spoken */
  async say(text) {
    const samples = await speak(text, 'visitor');
    await new Promise((resolve) =>
      this.microphone.play(samples, { started: () => {}, ended: () => resolve(undefined) }),
    );
  }

  /** @param {object} event */
  send(event) {
    this.channel.send(JSON.stringify(event));
  }

  /** Like a browser that closes the page. */
  leave() {
    if (!visitors.delete(this)) return;
    this.microphone.stop();
    for (const sink of this.#sinks) sink.stop();
    this.track.stop();
    this.connection.close();
  }
}

/** A server's connection to a call. */
export class Sideband {
  events = new Events();
  #closed = /** @type {(code: number) => void} */ (() => {});
  closed = /** @type {Promise<number>} */ (new Promise((resolve) => (this.#closed = resolve)));

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on('message', (data) => this.events.add(String(data)));
    socket.on('close', (code) => this.#closed(code));
    socket.on('error', () => {});
  }

  /** @param {string} url @param {Record<string, string>} headers @returns {Promise<Sideband>} rejects with the status if it is refused */
  static open(url, headers) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
      const sideband = new Sideband(socket);
      socket.on('open', () => resolve(sideband));
      socket.on('unexpected-response', (_, response) => {
        response.resume();
        reject(Object.assign(new Error(`Refused with ${response.statusCode}`), { status: response.statusCode }));
      });
    });
  }

  /** @param {object} event */
  send(event) {
    this.socket.send(JSON.stringify(event));
  }

  close() {
    this.socket.close();
  }
}

// The WebRTC library crashes when the process ends by itself, so it must exit explicitly.
process.once('beforeExit', () => process.exit());
