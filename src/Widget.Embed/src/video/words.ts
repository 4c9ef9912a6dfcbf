/** The texts of video calls. */
import { moduleWords } from '../app/i18n';
import en from './locales/words-en.json';

export const videoWords = moduleWords(en, {
  de: () => import('./locales/words-de.json'),
  es: () => import('./locales/words-es.json'),
  ar: () => import('./locales/words-ar.json'),
});
