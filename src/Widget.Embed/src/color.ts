/** Keeps text readable with any color that a tenant chooses (relative luminance and contrast ratio of WCAG 2.2). */

type Rgb = readonly [number, number, number];

function parse(hex: string): Rgb {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** White or black, whichever has a contrast of at least 4.5 on this color. */
export function onColor(color: string): string {
  // With a luminance between 0.175 and 0.183, both do. This allows a short formula, which keeps the loader small.
  const part = (at: number): number => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2;
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) < 0.1795 ? '#ffffff' : '#000000';
}

/** The color nearest to this one that has a contrast of at least 4.5 on the background. */
export function readableOn(color: string, background: string): string {
  const target: Rgb = luminance(parse(background)) > 0.5 ? [0, 0, 0] : [255, 255, 255];
  const start = parse(color);
  for (let share = 0; share <= 1; share += 0.1) {
    const mixed = start.map((channel, i) => Math.round(channel + ((target[i] ?? 0) - channel) * share));
    const hex = `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
    if (contrast(hex, background) >= 4.5) return hex;
  }
  return luminance(parse(background)) > 0.5 ? '#000000' : '#ffffff';
}
