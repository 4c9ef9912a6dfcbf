// @ts-check
import { FRAME_SAMPLES } from '../audio/pcm.mjs';

/** Frames of 10 ms per event. */
const FRAMES = 20;
const HALF_FRAME = FRAME_SAMPLES / 2;

/** Sends the sound of both sides to the sidebands, including silence: mono PCM16 at 24 kHz. */
export class Reflection {
  /** @param {import('./call.mjs').LiveCall} call */
  constructor(call) {
    const input = new Piece((audio) => call.sendToSidebands({ type: 'session.input_audio.append', audio }));
    const output = new Piece((delta) => {
      const end = call.elapsedMs;
      call.sendToSidebands({
        type: 'session.output_audio.delta',
        delta,
        start_ms: Math.max(0, end - FRAMES * 10),
        end_ms: end,
      });
    });
    this.heard = (/** @type {Int16Array} */ samples) => input.add(samples);
    call.peer.speaker.onFrame = (samples) => output.add(samples);
  }
}

class Piece {
  #samples = new Int16Array(FRAMES * HALF_FRAME);
  #frames = 0;

  /** @param {(base64: string) => void} full */
  constructor(full) {
    this.full = full;
  }

  /** @param {Int16Array} samples 10 ms at 48 kHz */
  add(samples) {
    const at = this.#frames * HALF_FRAME;
    for (let i = 0; i < HALF_FRAME; i++)
      this.#samples[at + i] = ((samples[2 * i] ?? 0) + (samples[2 * i + 1] ?? 0)) >> 1;
    if (++this.#frames < FRAMES) return;
    this.#frames = 0;
    this.full(Buffer.from(this.#samples.buffer).toString('base64'));
  }
}
