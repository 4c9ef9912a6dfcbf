/** Detects the language of an answer, to choose a voice: by its script and, for languages in Latin script, by common words. */

const scripts: [RegExp, string][] = [
  [/[\u3040-\u30ff]/g, 'ja'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Arabic}/gu, 'ar'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Cyrillic}/gu, 'ru'],
  [/\p{Script=Greek}/gu, 'el'],
];

const commonWords: Record<string, string> = {
  en: 'the and is of to for with you',
  de: 'der die das und ist nicht mit für',
  es: 'el los las y es para con una',
  fr: 'le les et est pour avec vous une',
  it: 'il gli è per con una di non',
  pt: 'os é para com uma não do você',
  nl: 'het een en is niet met voor van',
};

/** The language's code; the likely one if nothing else is more probable. */
export function languageOf(text: string, likely: string): string {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [script, language] of scripts)
    // A third of the letters, because any text may contain foreign names.
    if ((text.match(script)?.length ?? 0) > letters / 3) return language;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const score = (language: string): number => {
    const known = new Set(commonWords[language]?.split(' '));
    return words.filter((word) => known.has(word)).length + (language === likely ? 0.5 : 0);
  };
  const [best] = Object.keys(commonWords).sort((a, b) => score(b) - score(a));
  return best && score(best) >= 1 ? best : likely;
}
