/** Colours that can be read, whatever a tenant chooses (WCAG 2.2, relative luminance and contrast ratio). */

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

/** White or black, whichever is read better on this colour; white where it will do. One of them always does. */
export function onColor(color: string): string {
  return contrast(color, '#ffffff') >= 4.5 ? '#ffffff' : '#000000';
}

/** The colour itself, or as near to it as text on this background may be: a contrast of 4.5. */
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
