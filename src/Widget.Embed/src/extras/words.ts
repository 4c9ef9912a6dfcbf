import { moduleWords } from '../app/i18n';
import en from './locales/extras-en.json';

export const extraWords = moduleWords(en, {
  de: () => import('./locales/extras-de.json'),
  es: () => import('./locales/extras-es.json'),
  ar: () => import('./locales/extras-ar.json'),
});
