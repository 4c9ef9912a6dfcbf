/** The browser's own voices. */

/** Waits for the voices, which some browsers load late and without an event. Empty if there are none after the timeout. */
export function voices(timeout = 3000): Promise<SpeechSynthesisVoice[]> {
  const synthesis = (window as { speechSynthesis?: SpeechSynthesis }).speechSynthesis;
  if (!synthesis) return Promise.resolve([]);
  return new Promise((resolve) => {
    const check = (timedOut = false): void => {
      const found = synthesis.getVoices();
      if (found.length === 0 && !timedOut) return;
      clearInterval(poll);
      clearTimeout(timer);
      synthesis.removeEventListener('voiceschanged', changed);
      resolve(found);
    };
    const changed = (): void => check();
    const poll = setInterval(check, 250);
    const timer = setTimeout(() => check(true), timeout);
    synthesis.addEventListener('voiceschanged', changed);
    check();
  });
}

/** The best voice for a language. Prefers voices on this device, then the visitor's region, then the browser's default. */
export function chooseVoice(
  voices: readonly SpeechSynthesisVoice[],
  language: string,
  preferred: readonly string[],
): SpeechSynthesisVoice | undefined {
  // Android uses underscores, as in "en_US".
  const tag = (name: string): string => name.replace('_', '-').toLowerCase();
  const regions = preferred.map(tag);
  const rank = (voice: SpeechSynthesisVoice): number =>
    (voice.localService ? 4 : 0) + (regions.includes(tag(voice.lang)) ? 2 : 0) + (voice.default ? 1 : 0);
  return voices
    .filter((voice) => tag(voice.lang).split('-')[0] === language)
    .reduce<SpeechSynthesisVoice | undefined>(
      (best, voice) => (best && rank(best) >= rank(voice) ? best : voice),
      undefined,
    );
}
