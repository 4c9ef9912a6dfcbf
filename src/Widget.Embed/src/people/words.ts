import { moduleWords } from '../app/i18n';
import en from './locales/people-en.json';

export const peopleWords = moduleWords(en, {
  de: () => import('./locales/people-de.json'),
  es: () => import('./locales/people-es.json'),
  ar: () => import('./locales/people-ar.json'),
});
