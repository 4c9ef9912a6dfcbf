// @ts-check
import { FRAME_MS } from './pcm.mjs';

/** Level of a voice at the usual threshold of 0.5: about -36 dB of full scale, above hiss and below speech. */
const USUAL_LEVEL = 0.016;
/** How much sound within the last moments makes speech of noise, in frames of 10 ms. */
const WINDOW = 12;
const VOICED = 6;

/**
 * Voice activity by energy: frame levels in, the beginnings and ends of speech out.
 * The provider's own detector is a model whose threshold is a probability; here it scales the level.
 */
export class VoiceActivity {
  #recent = /** @type {boolean[]} */ ([]);
  #silentMs = 0;
  speaking = false;

  /**
   * @param {{ threshold: number, silenceMs: number }} settings
   */
  constructor({ threshold, silenceMs }) {
    this.level = USUAL_LEVEL * (threshold / 0.5);
    this.silenceMs = silenceMs;
  }

  /**
   * @param {number} level root mean square of the next frame, 0 to 1
   * @returns {'started' | 'stopped' | null}
   */
  hear(level) {
    const voiced = level >= this.level;
    this.#recent.push(voiced);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    if (!this.speaking) {
      if (this.#recent.filter(Boolean).length < VOICED) return null;
      this.speaking = true;
      this.#silentMs = 0;
      return 'started';
    }
    this.#silentMs = voiced ? 0 : this.#silentMs + FRAME_MS;
    if (this.#silentMs < this.silenceMs) return null;
    this.speaking = false;
    this.#recent = [];
    return 'stopped';
  }

  /** The speech that was taken for ended has not: looks again after so much more silence. @param {number} ms */
  goOn(ms) {
    this.speaking = true;
    this.#silentMs = Math.max(0, this.silenceMs - ms);
  }
}
