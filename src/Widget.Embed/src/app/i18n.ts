/** The widget's words. English is always there; another language is fetched when it is needed. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import en from './locales/en.json';

export type Words = typeof en;
export type Locale = 'en' | 'de' | 'es' | 'ar';

/** Where to fetch the other languages. */
type Others<Dictionary> = Record<Exclude<Locale, 'en'>, () => Promise<{ default: Dictionary }>>;

const others: Others<Words> = {
  de: () => import('./locales/de.json'),
  es: () => import('./locales/es.json'),
  ar: () => import('./locales/ar.json'),
};

export const words = signal<Words>(en);
export const locale = signal<Locale>('en');

/** The first of the wished languages that the widget speaks; English otherwise. */
export function choose(wished: readonly (string | undefined)[]): Locale {
  for (const wish of wished) {
    const language = wish?.split('-')[0]?.toLowerCase();
    if (language === 'en' || (language && Object.hasOwn(others, language))) return language as Locale;
  }
  return 'en';
}

export async function speak(language: Locale): Promise<void> {
  if (language === locale.peek()) return;
  const loaded = language === 'en' ? en : (await others[language]()).default;
  words.value = loaded;
  locale.value = language;
}

/** A module's own words, which only those who choose it fetch, in the panel's language. */
export function wordsOf<Dictionary>(english: Dictionary, translations: Others<Dictionary>): ReadonlySignal<Dictionary> {
  const own = signal(english);
  effect(() => {
    const language = locale.value;
    if (language === 'en') own.value = english;
    else
      void translations[language]()
        .then((loaded) => {
          if (locale.peek() === language) own.value = loaded.default;
        })
        // English is better than a module without words.
        .catch(() => undefined);
  });
  return own;
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
