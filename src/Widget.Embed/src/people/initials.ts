/** The first letters of the first and the last name. Letters of connected scripts, such as Arabic, would join, so these get one. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  // By code points: a letter may have two code units.
  const letter = (word = ''): string => /./u.exec(word)?.[0] ?? '';
  const [first, last] = [letter(words[0]), words.length > 1 ? letter(words.at(-1)) : ''];
  return (/^\p{Script=Latin}/u.test(first) ? first + last : first).toLocaleUpperCase();
}
