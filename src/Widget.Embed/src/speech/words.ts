/** The texts of reading aloud. */
import { moduleWords } from '../app/i18n';
import en from './locales/read-en.json';

export const speechWords = moduleWords(en, {
  de: () => import('./locales/read-de.json'),
  es: () => import('./locales/read-es.json'),
  ar: () => import('./locales/read-ar.json'),
});
