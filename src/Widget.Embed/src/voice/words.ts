/** The texts of voice calls. */
import { moduleWords } from '../app/i18n';
import en from './locales/talk-en.json';

export const voiceWords = moduleWords(en, {
  de: () => import('./locales/talk-de.json'),
  es: () => import('./locales/talk-es.json'),
  ar: () => import('./locales/talk-ar.json'),
});
