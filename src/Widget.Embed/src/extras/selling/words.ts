import { moduleWords } from '../../app/i18n';
import en from './locales/selling-en.json';

export const sellingWords = moduleWords(en, {
  de: () => import('./locales/selling-de.json'),
  es: () => import('./locales/selling-es.json'),
  ar: () => import('./locales/selling-ar.json'),
});
