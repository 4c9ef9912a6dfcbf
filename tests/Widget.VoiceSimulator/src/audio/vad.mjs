// @ts-check
import { FRAME_MS } from './pcm.mjs';

/** The level for the default threshold of 0.5: about -36 dBFS, above noise and below speech. */
const DEFAULT_LEVEL = 0.016;
/** Speech starts when this many of the last frames are voiced, so that a click is not speech. */
const WINDOW = 12;
const VOICED = 6;

/**
 * Detects the start and end of speech by energy. The provider's threshold is a probability of its model; here it scales the level.
 */
export class VoiceActivity {
  #recent = /** @type {boolean[]} */ ([]);
  #silentMs = 0;
  speaking = false;

  /**
   * @param {{ threshold: number, silenceMs: number }} settings
   */
  constructor({ threshold, silenceMs }) {
    this.level = DEFAULT_LEVEL * (threshold / 0.5);
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

  /** Undoes the end of speech. It ends again after this much more silence. @param {number} ms */
  resume(ms) {
    this.speaking = true;
    this.#silentMs = Math.max(0, this.silenceMs - ms);
  }
}
