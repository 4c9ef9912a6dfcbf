/** The browser's own voices. */

/** Some browsers know their voices only after a while, and not all of them say when. Empty when there are none. */
export function voices(patience = 3000): Promise<SpeechSynthesisVoice[]> {
  const synthesis = (window as { speechSynthesis?: SpeechSynthesis }).speechSynthesis;
  if (!synthesis) return Promise.resolve([]);
  return new Promise((resolve) => {
    const look = (late = false): void => {
      const found = synthesis.getVoices();
      if (found.length === 0 && !late) return;
      clearInterval(often);
      clearTimeout(end);
      synthesis.removeEventListener('voiceschanged', changed);
      resolve(found);
    };
    const changed = (): void => look();
    const often = setInterval(look, 250);
    const end = setTimeout(() => look(true), patience);
    synthesis.addEventListener('voiceschanged', changed);
    look();
  });
}

/** The best of them for a language: one of this device, of the visitor's own region, the browser's favourite. */
export function choose(
  all: readonly SpeechSynthesisVoice[],
  language: string,
  wished: readonly string[],
): SpeechSynthesisVoice | undefined {
  // Android writes "en_US".
  const tag = (name: string): string => name.replace('_', '-').toLowerCase();
  const regions = wished.map(tag);
  const rank = (voice: SpeechSynthesisVoice): number =>
    (voice.localService ? 4 : 0) + (regions.includes(tag(voice.lang)) ? 2 : 0) + (voice.default ? 1 : 0);
  return all
    .filter((voice) => tag(voice.lang).split('-')[0] === language)
    .reduce<SpeechSynthesisVoice | undefined>(
      (best, voice) => (best && rank(best) >= rank(voice) ? best : voice),
      undefined,
    );
}
