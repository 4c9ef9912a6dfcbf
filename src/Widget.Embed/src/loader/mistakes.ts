/** Explains mistakes in the tag or in calls on the console, for developers. Loaded only when rules.ts has found one. */
import { isAttribute, isCall } from './rules';

const attributes: Record<string, string> = {
  siteKey: 'the site key that `widget tenants create` printed, pk_ and 24 characters',
  locale: 'en, de, es or ar',
  color: 'a color as #rrggbb, for example #2f5bea',
  position: 'right or left',
};

const events = ['ready', 'open', 'close', 'message', 'answer', 'error', 'destroy'];

/** The functions, with a description of their arguments; empty if they take none. */
const calls: Record<string, string> = {
  open: '',
  close: '',
  toggle: '',
  ask: 'a text: Widget.ask("What does delivery cost?")',
  identify: 'an object: Widget.identify({ id: "42", name: "Ada", email: "ada@example.com" })',
  setContext: 'an object: Widget.setContext({ product: "Tide Cargo" })',
  on: `an event (${events.join(', ')}) and a function: Widget.on("open", () => { … })`,
  off: `an event (${events.join(', ')}) and the function passed to Widget.on`,
  attach: '',
  destroy: '',
};

const reported = new Set<string>();

/** Explains what is wrong with a tag's attributes, given its `dataset`. */
export function tagMistakes(data: Readonly<Record<string, string | undefined>>): string[] {
  // Names are case-sensitive, values are not. The loader's rule ignores case in both.
  const isName = (name: string): boolean => name === 'mode' || Object.hasOwn(attributes, name);
  const wrong = Object.entries(data).filter(
    ([name, value]) => !(isName(name) && isAttribute(name, value)) && !isForeign(name),
  );
  const messages = wrong.map(([name, value = '']) => {
    const dashed = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const allowed = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (!allowed)
      return `the tag has no attribute ${dashed}. ${suggest(dashed, Object.keys(attributes).map(toDashed))}`;
    if (name !== 'siteKey') return `${dashed}=${format(value)} is ignored. It must be ${allowed}.`;
    // Must not repeat the secret.
    return value.startsWith('sk_')
      ? 'data-site-key holds an API key, which is a secret. Revoke it (`widget tenants key --revoke`) and use the site key, ' +
          'which begins with pk_.'
      : `${dashed}=${format(value)} is not a site key. It must be ${allowed}.`;
  });
  if (data.siteKey === undefined)
    messages.unshift(`the tag has no data-site-key, so it draws nothing. It must be ${attributes.siteKey ?? ''}.`);
  return messages.map((line) => `Widget: ${line} See docs/embedding.md, "Attributes".`);
}

/** Explains what is wrong with a call. */
export function callMistakes(call: readonly unknown[]): string[] {
  if (isCall(call)) return [];
  const [name, ...args] = call;
  const takes = typeof name === 'string' && Object.hasOwn(calls, name) ? calls[name] : undefined;
  const messages =
    takes === undefined
      ? `there is no Widget.${typeof name === 'string' ? name : format(name)}(). ${suggest(String(name), Object.keys(calls))}`
      : `Widget.${String(name)}(${args.map(format).join(', ')}) has invalid arguments. It takes ${takes}.`;
  return [`Widget: ${messages} See docs/embedding.md, "JavaScript".`];
}

/** Called by the loader with the tag's `dataset`, or with a call's name and arguments. Reports each mistake once. */
export function explain(kind: 'tag' | 'call', value: object): void {
  const mistakes = kind === 'tag' ? tagMistakes(value as Record<string, string>) : callMistakes(value as unknown[]);
  for (const line of mistakes) {
    if (reported.has(line)) continue;
    reported.add(line);
    console.warn(line);
  }
}

const toDashed = (name: string): string => `data-${name.replace('K', '-k')}`;

/** Attributes that consent managers, caches and frameworks add to scripts. */
const isForeign = (name: string): boolean =>
  /^(cf|cookie|consent|category|usercentrics|uc|ot|borlabs|cmp|iub|gtm|rocket|litespeed|turbo|nscript|astro|vite|hid|n[A-Z]|no[A-Z]|wp|src|type)/.test(
    name,
  );

function suggest(written: string, known: readonly string[]): string {
  const near = known.find((name) => distance(written.toLowerCase(), name.toLowerCase()) <= 2);
  const list = `${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}`;
  return `${near ? `Did you mean ${near}? ` : ''}Use one of: ${list}.`;
}

/** A value as the developer wrote it, shortened. */
function format(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'function' ? 'function' : String((JSON.stringify(value) as unknown) ?? value);
  } catch {
    text = typeof value;
  }
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The Levenshtein distance between two words. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
