import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOut, screenColor } from '../src/video/greenscreen';

function keyed(...rgb: number[]): number[] {
  const pixel = new Uint8ClampedArray([...rgb, 255]);
  keyOut(pixel);
  return [...pixel];
}

describe('the green screen', () => {
  it('is removed even if a video codec has changed its colour slightly', () => {
    expect(keyed(...screenColor)[3]).toBe(0);
    expect(keyed(30, 220, 140)[3]).toBe(0);
  });

  it('leaves skin, hair and clothes unchanged', () => {
    for (const rgb of [
      [217, 168, 135],
      [90, 56, 37],
      [0, 0, 0],
      [255, 255, 255],
      [59, 74, 99],
      [200, 30, 40],
      [34, 85, 50],
    ])
      expect(keyed(...rgb)).toEqual([...rgb, 255]);
  });

  it('has soft edges without a green rim', () => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = keyed(110, 205, 140);
    expect(alpha).toBeGreaterThan(0);
    expect(alpha).toBeLessThan(255);
    expect(green).toBeLessThanOrEqual(Math.max(red, blue));
  });

  it('never adds to a pixel’s opacity or green, and keeps red and blue', () => {
    const byte = fc.nat({ max: 255 });
    fc.assert(
      fc.property(fc.array(fc.tuple(byte, byte, byte, byte)), (pixels) => {
        const before = pixels.flat();
        const after = new Uint8ClampedArray(before);
        keyOut(after);
        for (let i = 0; i < before.length; i += 4) {
          expect([after[i], after[i + 2]]).toEqual([before[i], before[i + 2]]);
          expect(after[i + 1]).toBeLessThanOrEqual(before[i + 1] ?? 0);
          expect(after[i + 3]).toBeLessThanOrEqual(before[i + 3] ?? 0);
        }
      }),
    );
  });
});
