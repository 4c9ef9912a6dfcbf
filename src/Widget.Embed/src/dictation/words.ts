/** The texts of dictation. */
import { moduleWords } from '../app/i18n';
import en from './locales/write-en.json';

export const dictationWords = moduleWords(en, {
  de: () => import('./locales/write-de.json'),
  es: () => import('./locales/write-es.json'),
  ar: () => import('./locales/write-ar.json'),
});
