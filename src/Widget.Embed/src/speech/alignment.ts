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
    const letter = rendered[i] ?? '';
    let found = at;
    while (found < source.length && !isSame(source[found], letter) && markup.test(source[found] ?? '')) found++;
    if (!isSame(source[found], letter)) {
      const word = /^[\p{L}\p{N}]{4,}/u.exec(rendered.slice(i, i + 40))?.[0];
      const ahead = word ? source.slice(at, at + searchDistance).indexOf(word) : -1;
      // A letter that is not found gets the position of the one before.
      found = ahead < 0 ? -1 : at + ahead;
    }
    positions.push(found < 0 ? Math.max(0, Math.min(at, source.length) - 1) : found);
    if (found >= 0) at = found + 1;
  }
  return positions;
}

function isSame(one: string | undefined, other: string): boolean {
  return one === other || (one !== undefined && /\s/.test(one) && /\s/.test(other));
}
