/** The words of dictation. */
import { wordsOf } from '../app/i18n';
import en from './locales/write-en.json';

export const dictationWords = wordsOf(en, {
  de: () => import('./locales/write-de.json'),
  es: () => import('./locales/write-es.json'),
  ar: () => import('./locales/write-ar.json'),
});
