/** The words of reading aloud, which only those who listen fetch. They follow the panel's language. */
import { effect, signal } from '@preact/signals';
import { locale, type Locale } from '../app/i18n';
import en from './locales/read-en.json';

export type SpeechWords = typeof en;

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: SpeechWords }>> = {
  de: () => import('./locales/read-de.json'),
  es: () => import('./locales/read-es.json'),
  ar: () => import('./locales/read-ar.json'),
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
