/** The words of calls, which only those who call fetch. They follow the panel's language. */
import { effect, signal } from '@preact/signals';
import { locale, type Locale } from '../app/i18n';
import en from './locales/words-en.json';

export type VideoWords = typeof en;

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: VideoWords }>> = {
  de: () => import('./locales/words-de.json'),
  es: () => import('./locales/words-es.json'),
  ar: () => import('./locales/words-ar.json'),
};

export const videoWords = signal<VideoWords>(en);

effect(() => {
  const language = locale.value;
  if (language === 'en') videoWords.value = en;
  else
    void others[language]()
      .then((loaded) => {
        if (locale.peek() === language) videoWords.value = loaded.default;
      })
      // English is better than a call without words.
      .catch(() => undefined);
});
