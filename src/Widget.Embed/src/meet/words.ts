import { moduleWords } from '../app/i18n';
import en from './locales/meet-en.json';

export type MeetWords = typeof en;

export const meetWords = moduleWords(en, {
  de: () => import('./locales/meet-de.json'),
  es: () => import('./locales/meet-es.json'),
  ar: () => import('./locales/meet-ar.json'),
});

/** A name inside a sentence: it may be written in the other direction. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}
