/** The words of voice calls, which only those who call fetch. They follow the panel's language. */
import { effect, signal } from '@preact/signals';
import { locale, type Locale } from '../app/i18n';
import en from './locales/talk-en.json';

export type VoiceWords = typeof en;

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: VoiceWords }>> = {
  de: () => import('./locales/talk-de.json'),
  es: () => import('./locales/talk-es.json'),
  ar: () => import('./locales/talk-ar.json'),
};

export const voiceWords = signal<VoiceWords>(en);

effect(() => {
  const language = locale.value;
  if (language === 'en') voiceWords.value = en;
  else
    void others[language]()
      .then((loaded) => {
        if (locale.peek() === language) voiceWords.value = loaded.default;
      })
      // English is better than a call without words.
      .catch(() => undefined);
});
