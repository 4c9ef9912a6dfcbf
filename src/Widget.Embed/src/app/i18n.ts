/** The widget's words. English is always there; another language is fetched when it is needed. */
import { signal } from '@preact/signals';
import en from './locales/en.json';

export type Words = typeof en;
export type Locale = 'en' | 'de' | 'es' | 'ar';

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: Words }>> = {
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

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
