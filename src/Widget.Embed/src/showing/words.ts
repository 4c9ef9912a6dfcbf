import { moduleWords } from '../app/i18n';
import en from './locales/showing-en.json';

export const showingWords = moduleWords(en, {
  de: () => import('./locales/showing-de.json'),
  es: () => import('./locales/showing-es.json'),
  ar: () => import('./locales/showing-ar.json'),
});
