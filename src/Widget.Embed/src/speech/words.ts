/** The words of reading aloud, which only those who listen fetch. They follow the panel's language. */
import { effect, signal } from '@preact/signals';
import { locale, type Locale } from '../app/i18n';
import en from './locales/speech-words-en.json';

export type SpeechWords = typeof en;

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: SpeechWords }>> = {
  de: () => import('./locales/speech-words-de.json'),
  es: () => import('./locales/speech-words-es.json'),
  ar: () => import('./locales/speech-words-ar.json'),
};

export const speechWords = signal<SpeechWords>(en);

effect(() => {
  const language = locale.value;
  if (language === 'en') speechWords.value = en;
  else
    void others[language]()
      .then((loaded) => {
        if (locale.peek() === language) speechWords.value = loaded.default;
      })
      // English is better than a player without words.
      .catch(() => undefined);
});
