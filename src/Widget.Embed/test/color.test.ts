import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, onColor, readableOn } from '../src/color';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('colors', () => {
  it('have the contrast that WCAG defines', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1);
    expect(contrast('#2f5bea', '#2f5bea')).toBe(1);
  });

  it('keep text readable, whatever a tenant chooses', () => {
    fc.assert(fc.property(color, (chosen) => contrast(onColor(chosen), chosen) >= 4.5));
    fc.assert(
      fc.property(
        color,
        fc.constantFrom('#ffffff', '#16181d'),
        (chosen, background) => contrast(readableOn(chosen, background), background) >= 4.5,
      ),
    );
  });

  it('stay as they are if text is readable', () => {
    expect(readableOn('#0b6e6e', '#ffffff')).toBe('#0b6e6e');
    expect(onColor('#0b6e6e')).toBe('#ffffff');
    expect(onColor('#ffd400')).toBe('#000000');
  });
});
