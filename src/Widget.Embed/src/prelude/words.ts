import { moduleWords } from '../app/i18n';
import en from './locales/prelude-en.json';

export const preludeWords = moduleWords(en, {
  de: () => import('./locales/prelude-de.json'),
  es: () => import('./locales/prelude-es.json'),
  ar: () => import('./locales/prelude-ar.json'),
});
