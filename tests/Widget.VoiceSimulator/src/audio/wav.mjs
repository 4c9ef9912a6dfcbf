// @ts-check

/**
 * Reads 16-bit mono PCM from a RIFF/WAVE file.
 * @param {Buffer} wav
 * @returns {{ samples: Int16Array, rate: number }}
 */
export function readWav(wav) {
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('Not a WAV file.');
  let rate = 0;
  for (let at = 12; at + 8 <= wav.length;) {
    const id = wav.toString('latin1', at, at + 4);
    // A program that writes to a pipe does not know the length, and writes one that is too large.
    const length = Math.min(wav.readUInt32LE(at + 4), wav.length - at - 8);
    const body = at + 8;
    if (id === 'fmt ') {
      if (wav.readUInt16LE(body) !== 1 || wav.readUInt16LE(body + 2) !== 1 || wav.readUInt16LE(body + 14) !== 16) {
        throw new Error('The WAV file is not 16-bit mono PCM.');
      }
      rate = wav.readUInt32LE(body + 4);
    } else if (id === 'data') {
      const samples = new Int16Array(length >> 1);
      for (let i = 0; i < samples.length; i++) samples[i] = wav.readInt16LE(body + 2 * i);
      return { samples, rate };
    }
    at = body + length + (length & 1);
  }
  throw new Error('The WAV file has no data.');
}

/** By linear interpolation, which is good enough for speech. @param {Int16Array} samples @param {number} from Hz @param {number} to Hz */
export function resample(samples, from, to) {
  if (from === to || samples.length === 0) return samples;
  const result = new Int16Array(Math.floor((samples.length * to) / from));
  for (let i = 0; i < result.length; i++) {
    const position = (i * from) / to;
    const left = Math.floor(position);
    const here = samples[left] ?? 0;
    const next = samples[left + 1] ?? here;
    result[i] = Math.round(here + (next - here) * (position - left));
  }
  return result;
}
