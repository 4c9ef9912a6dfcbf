/** The texts of video calls. */
import { moduleWords } from '../app/i18n';
import en from './locales/video-en.json';

export const videoWords = moduleWords(en, {
  de: () => import('./locales/video-de.json'),
  es: () => import('./locales/video-es.json'),
  ar: () => import('./locales/video-ar.json'),
});
