import { moduleWords } from '../../app/i18n';
import en from './locales/questions-en.json';

export const questionWords = moduleWords(en, {
  de: () => import('./locales/questions-de.json'),
  es: () => import('./locales/questions-es.json'),
  ar: () => import('./locales/questions-ar.json'),
});
