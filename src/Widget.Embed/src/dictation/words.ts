/** The words of dictation, which only those who dictate fetch. They follow the panel's language. */
import { effect, signal } from '@preact/signals';
import { locale, type Locale } from '../app/i18n';
import en from './locales/write-en.json';

export type DictationWords = typeof en;

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: DictationWords }>> = {
  de: () => import('./locales/write-de.json'),
  es: () => import('./locales/write-es.json'),
  ar: () => import('./locales/write-ar.json'),
};

export const dictationWords = signal<DictationWords>(en);

effect(() => {
  const language = locale.value;
  if (language === 'en') dictationWords.value = en;
  else
    void others[language]()
      .then((loaded) => {
        if (locale.peek() === language) dictationWords.value = loaded.default;
      })
      // English is better than a microphone without words.
      .catch(() => undefined);
});
