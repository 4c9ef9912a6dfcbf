// @ts-check

/** A silence of which so much is missing sound is none, … */
const MISSING = 0.3;
/** … is looked at again so much later, … */
const AGAIN_MS = 200;
/** … and is one after all when nothing comes for so long. */
const LONGEST_MS = 3000;

/**
 * The beginnings and ends of what is said, by a voice detector, on links that are not perfect.
 */
export class Utterances {
  #held = /** @type {number[] | null} */ (null);
  #waitedMs = 0;
  #given = false;

  /**
   * @param {import('./vad.mjs').VoiceActivity} vad
   * @param {(ms: number) => Promise<number>} missing which share of the last sound has not arrived
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

  /** Tells nothing any more. */
  giveUp() {
    this.#given = true;
  }

  /** @param {number} level of the next 10 ms */
  hear(level) {
    if (this.#given) return;
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
    if (this.#given) return;
    if (missing > MISSING && this.#waitedMs < LONGEST_MS) {
      this.#waitedMs += AGAIN_MS;
      this.vad.goOn(AGAIN_MS);
    } else {
      this.#waitedMs = 0;
      this.listener.stopped();
    }
    for (const level of held) this.hear(level);
  }
}
