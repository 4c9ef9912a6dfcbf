/** What a browser's translation must leave as it is: amounts of money, and names of companies and products. */
import { computed, signal } from '@preact/signals';

/** Names that the panel knows: of the company, of the agent, from the page's context and from the titles of sources. */
export const names = signal<readonly string[]>([]);

const currency = '[€$£¥₹]|(?:EUR|USD|GBP|CHF|JPY|euros?|dollars?|pounds?)(?!\\p{L})';
const number = "\\d(?:[\\d.,'’\\u00a0\\u202f]*\\d)?";
const amount = `(?<!\\p{L})(?:${currency})[ \\u00a0\\u202f]?${number}|${number}[ \\u00a0\\u202f]?(?:${currency})`;

const pattern = computed(() => {
  const alternatives = [...new Set(names.value)]
    .filter((name) => /\p{Lu}.*\p{L}/u.test(name) && name.length <= 60)
    // The longest match wins.
    .sort((a, b) => b.length - a.length)
    .map(
      (name) =>
        `(?<!\\p{L})${name.replace(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)}(?!\\p{L})`,
    );
  return new RegExp(`(${[...alternatives, amount].join('|')})`, 'u');
});

/** Splits a text. Every second part must not be translated. */
export function splitUntranslated(text: string): string[] {
  return text.split(pattern.value);
}

/** The names in the title of a page: "Tide Cargo | Harbor Bikes" has two. */
export function namesInTitle(title: string): string[] {
  return title.split(/\s+[|–—·:-]\s+|:\s+/).map((part) => part.trim());
}
