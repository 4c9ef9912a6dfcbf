import { describe, expect, it } from 'vitest';
import { stretch } from '../src/speech/stretch';

const sampleRate = 24_000;
/** A second of something like a sung vowel: a tone with overtones, swelling and fading. */
const voice = (pitch: number): Float32Array =>
  Float32Array.from({ length: sampleRate }, (_, i) => {
    const t = i / sampleRate;
    const tone = [1, 0.5, 0.3].reduce((sum, share, k) => sum + share * Math.sin(2 * Math.PI * pitch * (k + 1) * t), 0);
    return tone * 0.4 * (0.6 + 0.4 * Math.sin(2 * Math.PI * 3 * t));
  });

/** By autocorrelation in the middle of the sound. */
function pitchOf(samples: Float32Array): number {
  const from = Math.floor(samples.length / 3);
  const likeness = Array.from({ length: 400 }, (_, lag) => {
    let sum = 0;
    for (let i = from; i < from + 3000; i++) sum += (samples[i] ?? 0) * (samples[i + lag] ?? 0);
    return lag < 60 ? -Infinity : sum;
  });
  // The first peak, because its multiples are as high.
  const high = likeness.findIndex((value) => value > 0.9 * Math.max(...likeness));
  const peak = likeness.slice(high, high + 12);
  return sampleRate / (high + peak.indexOf(Math.max(...peak)));
}

const power = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

describe.each([0.75, 1.25, 1.5, 2])('speech at %f of its speed', (rate) => {
  it('has the matching length', () => {
    expect(stretch(voice(180), rate, sampleRate).length).toBeCloseTo(sampleRate / rate, -1);
  });

  it.each([110, 180, 240])('keeps a pitch of %i Hz', (pitch) => {
    expect(pitchOf(stretch(voice(pitch), rate, sampleRate)) / pitch).toBeCloseTo(1, 1);
  });

  it('keeps its loudness to the end', () => {
    const faster = stretch(voice(180), rate, sampleRate);
    expect(power(faster) / power(voice(180))).toBeCloseTo(1, 1);
    expect(power(faster.subarray(-1200))).toBeGreaterThan(0.05);
    expect(Math.max(...faster)).toBeLessThan(1);
  });
});

describe('speech at its own speed', () => {
  it('is unchanged', () => {
    const sound = voice(180);
    expect(stretch(sound, 1, sampleRate)).toBe(sound);
    expect(stretch(new Float32Array(), 2, sampleRate).length).toBe(0);
    expect(stretch(sound.subarray(0, 50), 2, sampleRate).length).toBe(25);
  });
});
