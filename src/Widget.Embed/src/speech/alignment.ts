/**
 * Finds the position of each rendered letter in an answer's Markdown. The rendered text is the Markdown without its markup, in the same
 * order. So this walks both together and skips only what can be markup.
 */

/** Markup that contains letters: link targets, citations, fences and table dividers. */
const hiddenText = [
  /\]\(\s*<?[^\s<>)]+>?(?:\s+"[^"]*")?\s*\)/g,
  /\[\d{1,3}\](?!\()/g,
  /^\s{0,3}(`{3,}|~{3,}).*$/gm,
  /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/gm,
];
const markup = /[\s*_~`#>|\-+=.()[\]\\!<>\d\0]/;
/** After losing track, how far to look for the next word. */
const searchDistance = 400;

/** The position of every letter of the rendered text. */
export function align(markdown: string, rendered: string): number[] {
  let source = markdown;
  for (const pattern of hiddenText) source = source.replace(pattern, (found) => '\0'.repeat(found.length));
  const positions: number[] = [];
  let at = 0;
  for (let i = 0; i < rendered.length; i++) {
    const found = findLetter(source, at, rendered, i);
    // A letter that is not found gets the position of the one before.
    positions.push(found ?? Math.max(0, Math.min(at, source.length) - 1));
    if (found !== undefined) at = found + 1;
  }
  return positions;
}

/** Finds a rendered letter behind markup or, after losing track, at the beginning of the next word. */
function findLetter(source: string, at: number, rendered: string, i: number): number | undefined {
  const letter = rendered[i] ?? '';
  let found = at;
  while (found < source.length && !isSame(source[found], letter) && markup.test(source[found] ?? '')) found++;
  if (isSame(source[found], letter)) return found;
  const word = /^[\p{L}\p{N}]{4,}/u.exec(rendered.slice(i, i + 40))?.[0];
  const ahead = word ? source.slice(at, at + searchDistance).indexOf(word) : -1;
  return ahead < 0 ? undefined : at + ahead;
}

function isSame(one: string | undefined, other: string): boolean {
  return one === other || (one !== undefined && /\s/.test(one) && /\s/.test(other));
}
