// @ts-check

/** The audio track's format: 48 kHz 16-bit mono in frames of 10 ms, as WebRTC uses with Opus. */
export const SAMPLE_RATE = 48_000;
export const FRAME_MS = 10;
export const FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000;

/** Root mean square of a frame, 0 to 1. @param {Int16Array} samples */
export function level(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length) / 32768;
}

/** Largest amplitude of a frame, 0 to 1. @param {Int16Array} samples */
export function peak(samples) {
  let largest = 0;
  for (const sample of samples) largest = Math.max(largest, Math.abs(sample));
  return largest / 32768;
}
