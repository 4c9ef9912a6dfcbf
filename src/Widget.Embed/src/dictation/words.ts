/** The texts of dictation. */
import { moduleWords } from '../app/i18n';
import en from './locales/dictation-en.json';

export const dictationWords = moduleWords(en, {
  de: () => import('./locales/dictation-de.json'),
  es: () => import('./locales/dictation-es.json'),
  ar: () => import('./locales/dictation-ar.json'),
});
