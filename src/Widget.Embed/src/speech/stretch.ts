/**
 * Changes the speed of speech at the same pitch by WSOLA (Verhelst and Roelands, "An overlap-add technique based on waveform similarity",
 * ICASSP 1993): overlaps pieces of the sound at a new distance. Each piece is taken from the position, within a few milliseconds, where it
 * continues the piece before it best.
 */

/** Samples of one channel, between -1 and 1. */
export function stretch(samples: Float32Array, rate: number, sampleRate: number): Float32Array {
  if (rate === 1 || samples.length === 0) return samples;
  const overlap = Math.round(sampleRate * 0.012);
  const search = Math.round(sampleRate * 0.008);
  const result = new Float32Array(Math.floor(samples.length / rate) + 2 * overlap);
  let from = 0;
  let to = 0;
  result.set(samples.subarray(0, overlap));
  for (; to + 2 * overlap <= result.length; to += overlap) {
    // Where the piece would continue at the original speed.
    const next = from + overlap;
    const target = Math.round((to + overlap) * rate);
    if (Math.max(target, next) + search + 2 * overlap >= samples.length) break;
    from = mostSimilar(samples, next, Math.max(0, target - search), target + search, overlap);
    for (let i = 0; i < overlap; i++) {
      const share = i / overlap;
      // Both halves of the fade come from the source, so that their weights add up to one.
      result[to + overlap + i] = (samples[next + i] ?? 0) * (1 - share) + (samples[from + i] ?? 0) * share;
    }
  }
  // The last milliseconds are too short to be moved.
  for (let i = 0; to + overlap + i < result.length; i++) result[to + overlap + i] = samples[from + overlap + i] ?? 0;
  return result.subarray(0, Math.min(result.length, Math.round(samples.length / rate)));
}

/** The position between two others whose sound is most similar to the pattern's. For speech every fourth sample is enough. */
function mostSimilar(samples: Float32Array, pattern: number, first: number, last: number, length: number): number {
  let best = first;
  let highest = -Infinity;
  for (let at = first; at <= last; at += 2) {
    let product = 0;
    let energy = 1e-9;
    for (let i = 0; i < length; i += 4) {
      const sample = samples[at + i] ?? 0;
      product += sample * (samples[pattern + i] ?? 0);
      energy += sample * sample;
    }
    const similarity = product / Math.sqrt(energy);
    if (similarity > highest) [best, highest] = [at, similarity];
  }
  return best;
}
