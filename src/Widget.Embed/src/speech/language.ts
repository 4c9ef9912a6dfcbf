/** Which language an answer is in, for the choice of a voice: by its letters, and by small words where letters are shared. */

const scripts: [RegExp, string][] = [
  [/[\u3040-\u30ff]/g, 'ja'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Arabic}/gu, 'ar'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Cyrillic}/gu, 'ru'],
  [/\p{Script=Greek}/gu, 'el'],
];

const small: Record<string, string> = {
  en: 'the and is of to for with you',
  de: 'der die das und ist nicht mit für',
  es: 'el los las y es para con una',
  fr: 'le les et est pour avec vous une',
  it: 'il gli è per con una di non',
  pt: 'os é para com uma não do você',
  nl: 'het een en is niet met voor van',
};

/** The language's code; the one it is likely to be in when nothing speaks against it. */
export function languageOf(text: string, likely: string): string {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [letter, language] of scripts)
    // A third of it: foreign names stand in every text.
    if ((text.match(letter)?.length ?? 0) > letters / 3) return language;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const score = (language: string): number => {
    const known = new Set(small[language]?.split(' '));
    return words.filter((word) => known.has(word)).length + (language === likely ? 0.5 : 0);
  };
  const [best] = Object.keys(small).sort((a, b) => score(b) - score(a));
  return best && score(best) >= 1 ? best : likely;
}
