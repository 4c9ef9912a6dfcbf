/** The texts of reading aloud. */
import { moduleWords } from '../app/i18n';
import en from './locales/speech-en.json';

export const speechWords = moduleWords(en, {
  de: () => import('./locales/speech-de.json'),
  es: () => import('./locales/speech-es.json'),
  ar: () => import('./locales/speech-ar.json'),
});
