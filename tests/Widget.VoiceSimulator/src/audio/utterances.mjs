// @ts-check

/** A silence with a larger share of missing sound is packet loss, not silence. */
const MISSING = 0.3;
/** How long to wait before looking at such a silence again. */
const AGAIN_MS = 200;
/** After this time it counts as silence in any case. */
const LONGEST_MS = 3000;

/** Finds the starts and ends of utterances with a voice detector, also on lossy links. */
export class Utterances {
  #held = /** @type {number[] | null} */ (null);
  #waitedMs = 0;
  #isStopped = false;

  /**
   * @param {import('./vad.mjs').VoiceActivity} vad
   * @param {(ms: number) => Promise<number>} missing the share of recent sound that has not arrived
   * @param {{ started(): void, stopped(): void }} listener
   */
  constructor(vad, missing, listener) {
    this.vad = vad;
    this.missing = missing;
    this.listener = listener;
  }

  get speaking() {
    return this.vad.speaking || this.#held !== null;
  }

  /** Stops calling the listener. */
  stop() {
    this.#isStopped = true;
  }

  /** @param {number} level of the next 10 ms */
  hear(level) {
    if (this.#isStopped) return;
    if (this.#held) return void this.#held.push(level);
    const change = this.vad.hear(level);
    if (change === 'started') this.listener.started();
    else if (change === 'stopped') void this.#stopped();
  }

  async #stopped() {
    this.#held = [];
    const missing = await this.missing(this.vad.silenceMs);
    const held = this.#held;
    this.#held = null;
    if (this.#isStopped) return;
    if (missing > MISSING && this.#waitedMs < LONGEST_MS) {
      this.#waitedMs += AGAIN_MS;
      this.vad.resume(AGAIN_MS);
    } else {
      this.#waitedMs = 0;
      this.listener.stopped();
    }
    for (const level of held) this.hear(level);
  }
}
