// @ts-check
import { FRAME_MS, FRAME_SAMPLES } from './pcm.mjs';

/** If the clock is later than this, missed frames are skipped instead of played late. */
const LATE_MS = 300;

/**
 * Plays sound over an audio track in real time, like a provider's playback buffer: a frame every 10 ms, or silence.
 */
export class Speaker {
  #silence = new Int16Array(FRAME_SAMPLES);
  #timer = /** @type {NodeJS.Timeout | undefined} */ (undefined);
  #next = 0;
  #queue = /** @type {Playback[]} */ ([]);
  /** The duration of sound played so far, without silence, in ms. */
  playedMs = 0;
  /** Called with each frame as it is played, including silence. */
  onFrame = /** @type {(samples: Int16Array) => void} */ (() => {});

  /** @param {{ onData(data: object): void }} source an RTCAudioSource */
  constructor(source) {
    this.source = source;
  }

  start() {
    this.#next = performance.now();
    this.#tick();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  /**
   * Queues samples for playback.
   * @param {Int16Array} samples
   * @param {PlaybackListener} listener
   * @returns {Playback}
   */
  play(samples, listener) {
    const playback = { samples, at: 0, end: samples.length, listener };
    this.#queue.push(playback);
    return playback;
  }

  /**
   * Stops at once and clears the queue.
   * @returns {{ playback: Playback, ms: number }[]} what was cut off, and how much of each was played
   */
  cut() {
    const cut = this.#queue.map((playback) => ({ playback, ms: playedMs(playback) }));
    this.#queue = [];
    return cut;
  }

  #tick() {
    const now = performance.now();
    if (now - this.#next > LATE_MS) this.#next = now;
    for (; this.#next <= now; this.#next += FRAME_MS) this.#frame();
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, this.#next - performance.now()));
  }

  #frame() {
    const playing = this.#queue[0];
    let samples = this.#silence;
    if (playing) {
      if (playing.at === 0) playing.listener.started();
      samples = new Int16Array(FRAME_SAMPLES);
      samples.set(playing.samples.subarray(playing.at, Math.min(playing.at + FRAME_SAMPLES, playing.end)));
      playing.at += FRAME_SAMPLES;
      this.playedMs += FRAME_MS;
    }
    this.onFrame(samples);
    this.source.onData({
      samples,
      sampleRate: 48_000,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: FRAME_SAMPLES,
    });
    if (playing && this.#queue[0] === playing && playing.at >= playing.end) {
      this.#queue.shift();
      playing.listener.ended();
    }
  }
}

/** Ends a playback early, after some milliseconds. @param {Playback} playback @param {number} ms */
export function shorten(playback, ms) {
  playback.end = Math.min(playback.end, Math.max(playback.at, Math.floor(ms / FRAME_MS) * FRAME_SAMPLES));
}

/** @param {Playback} playing */
const playedMs = (playing) => Math.round((Math.min(playing.at, playing.end) / FRAME_SAMPLES) * FRAME_MS);

/**
 * @typedef {{ started(): void, ended(): void }} PlaybackListener ended is not called for a playback that was cut off
 * @typedef {{ samples: Int16Array, at: number, end: number, listener: PlaybackListener }} Playback
 */
