/** The widget's texts. English is built in; other languages are loaded on demand. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import en from './locales/en.json';

export type Words = typeof en;
export type Locale = 'en' | 'de' | 'es' | 'ar';

/** Loads the other languages. */
type Translations<Dictionary> = Record<Exclude<Locale, 'en'>, () => Promise<{ default: Dictionary }>>;

const translations: Translations<Words> = {
  de: () => import('./locales/de.json'),
  es: () => import('./locales/es.json'),
  ar: () => import('./locales/ar.json'),
};

export const words = signal<Words>(en);
export const locale = signal<Locale>('en');

/** The first preferred language that the widget supports; English if there is none. */
export function chooseLocale(preferred: readonly (string | undefined)[]): Locale {
  for (const tag of preferred) {
    const language = tag?.split('-')[0]?.toLowerCase();
    if (language === 'en' || (language && Object.hasOwn(translations, language))) return language as Locale;
  }
  return 'en';
}

export async function setLocale(language: Locale): Promise<void> {
  if (language === locale.peek()) return;
  const loaded = language === 'en' ? en : (await translations[language]()).default;
  words.value = loaded;
  locale.value = language;
}

/** A module's texts in the panel's language. They are loaded with the module. */
export function moduleWords<Dictionary>(
  english: Dictionary,
  translations: Translations<Dictionary>,
): ReadonlySignal<Dictionary> {
  const current = signal(english);
  effect(() => {
    const language = locale.value;
    if (language === 'en') current.value = english;
    else
      void translations[language]()
        .then((loaded) => {
          if (locale.peek() === language) current.value = loaded.default;
        })
        // Keeps English if the language cannot be loaded.
        .catch(() => undefined);
  });
  return current;
}

/** A text inside a sentence: it may be written in the other direction. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Replaces `{name}` by the value of that name. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
