/**
 * Finds where in an answer's Markdown each letter of its rendered text stands. What is rendered is the Markdown less its marks, in the same order;
 * so both are walked together, and only what may be a mark is passed over.
 */

/** Link targets, citations, the line of a fence, the line under a table's head: what is never rendered, letters and all. */
const unseen = [
  /\]\(\s*<?[^\s<>)]+>?(?:\s+"[^"]*")?\s*\)/g,
  /\[\d{1,3}\](?!\()/g,
  /^\s{0,3}(`{3,}|~{3,}).*$/gm,
  /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/gm,
];
const mark = /[\s*_~`#>|\-+=.()[\]\\!<>\d\0]/;
/** Lost, it looks this far for the next word. */
const reach = 400;

/** The place of every letter of the rendered text. */
export function align(markdown: string, rendered: string): number[] {
  let source = markdown;
  for (const pattern of unseen) source = source.replace(pattern, (found) => '\0'.repeat(found.length));
  const places: number[] = [];
  let at = 0;
  for (let i = 0; i < rendered.length; i++) {
    const letter = rendered[i] ?? '';
    let found = at;
    while (found < source.length && !same(source[found], letter) && mark.test(source[found] ?? '')) found++;
    if (!same(source[found], letter)) {
      const word = /^[\p{L}\p{N}]{4,}/u.exec(rendered.slice(i, i + 40))?.[0];
      const ahead = word ? source.slice(at, at + reach).indexOf(word) : -1;
      // Not to be found: it stands where the last one did, and the search goes on from there.
      found = ahead < 0 ? -1 : at + ahead;
    }
    places.push(found < 0 ? Math.max(0, Math.min(at, source.length) - 1) : found);
    if (found >= 0) at = found + 1;
  }
  return places;
}

function same(one: string | undefined, other: string): boolean {
  return one === other || (one !== undefined && /\s/.test(one) && /\s/.test(other));
}
