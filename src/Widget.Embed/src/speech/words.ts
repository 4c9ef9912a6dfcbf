/** The words of reading aloud. */
import { wordsOf } from '../app/i18n';
import en from './locales/read-en.json';

export const speechWords = wordsOf(en, {
  de: () => import('./locales/read-de.json'),
  es: () => import('./locales/read-es.json'),
  ar: () => import('./locales/read-ar.json'),
});
