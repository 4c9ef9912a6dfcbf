/** The texts of voice calls. */
import { moduleWords } from '../app/i18n';
import en from './locales/voice-en.json';

export const voiceWords = moduleWords(en, {
  de: () => import('./locales/voice-de.json'),
  es: () => import('./locales/voice-es.json'),
  ar: () => import('./locales/voice-ar.json'),
});
