/**
 * Speech faster or slower at the same pitch: WSOLA (Verhelst and Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993).
 * Pieces of the sound are laid over one another at another distance than they had; each is taken from where, within a few milliseconds, it goes
 * on most like the one before it.
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
    // What would follow, if nothing were changed.
    const next = from + overlap;
    const wished = Math.round((to + overlap) * rate);
    if (Math.max(wished, next) + search + 2 * overlap >= samples.length) break;
    from = likest(samples, next, Math.max(0, wished - search), wished + search, overlap);
    for (let i = 0; i < overlap; i++) {
      const share = i / overlap;
      // Both halves of the fade are of the source, so that their weights add up to one.
      result[to + overlap + i] = (samples[next + i] ?? 0) * (1 - share) + (samples[from + i] ?? 0) * share;
    }
  }
  // The last milliseconds, too short to be laid anywhere else, as they are.
  for (let i = 0; to + overlap + i < result.length; i++) result[to + overlap + i] = samples[from + overlap + i] ?? 0;
  return result.subarray(0, Math.min(result.length, Math.round(samples.length / rate)));
}

/** Where between two places the sound is most like that at another. Every fourth sample tells enough of speech. */
function likest(samples: Float32Array, pattern: number, first: number, last: number, length: number): number {
  let best = first;
  let most = -Infinity;
  for (let at = first; at <= last; at += 2) {
    let product = 0;
    let energy = 1e-9;
    for (let i = 0; i < length; i += 4) {
      const sample = samples[at + i] ?? 0;
      product += sample * (samples[pattern + i] ?? 0);
      energy += sample * sample;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > most) [best, most] = [at, likeness];
  }
  return best;
}
