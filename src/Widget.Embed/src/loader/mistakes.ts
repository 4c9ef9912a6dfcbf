/** Explains mistakes in the tag or in calls on the console, for developers. Loaded only when rules.ts has found one. */
import { clean, isAttribute, isCall } from './rules';

const attributes: Record<string, string> = {
  siteKey: 'the site key that `widget tenants create` printed, pk_ and 24 characters',
  locale: 'en, de, es or ar',
  color: 'a color as #rrggbb, for example #2f5bea',
  position: 'right or left',
  name: 'letters and digits: the name of the JavaScript API, for example HelpChat',
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
  reset: '',
  destroy: '',
};

const reported = new Set<string>();

/** Explains what is wrong with a tag's settings, given by name as in `dataset`. */
export function tagMistakes({ key, ...given }: Readonly<Record<string, string | undefined>>): string[] {
  // The address names the site key "key".
  const data = { ...given, siteKey: given.siteKey ?? key };
  // Names are case-sensitive, values are not. The loader's rule ignores case in both.
  const isName = (name: string): boolean => name === 'mode' || Object.hasOwn(attributes, name);
  const wrong = Object.entries(data).filter(
    ([name, value]) => !(isName(name) && isAttribute(name, clean(value))) && !isForeign(name),
  );
  const messages = wrong.map(([name, given = '']) => {
    // `window.WidgetSettings` may hold anything.
    const value = given.trim();
    const dashed = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const allowed = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (!allowed)
      return `the tag has no attribute ${dashed}. ${suggest(dashed, Object.keys(attributes).map(toDashed))}`;
    if (name !== 'siteKey') return `${dashed}=${format(value)} is ignored. It must be ${allowed}.`;
    // Must not repeat the secret.
    return clean(value).startsWith('sk_')
      ? 'data-site-key holds an API key, which is a secret. Revoke it (`widget tenants key --revoke`) and use the site key, ' +
          'which begins with pk_.'
      : `${dashed}=${format(value)} is not a site key. It must be ${allowed}.`;
  });
  if (!data.siteKey) {
    const line = `the tag has no data-site-key, so it draws nothing. It must be ${attributes.siteKey ?? ''}. Tag managers drop attributes; `;
    return [
      ...messages.filter((message) => !message.startsWith('data-site-key')),
      `${line}write widget.js?key=pk_… instead.`,
    ].map(withReference);
  }
  return messages.map(withReference);
}

const withReference = (line: string): string => `Widget: ${line} See docs/embedding.md, "Settings".`;

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

/** What the loader can find wrong, each with the values that it passes. */
export const explanations = {
  tag: (settings: object) => tagMistakes(settings as Record<string, string>),
  call: (call: object) => callMistakes(call as unknown[]),
  /** The page uses the API's name itself. */
  name: (values: object) => {
    const [name = ''] = values as string[];
    return [
      `this page has something of its own named "${name}", so the JavaScript API is window.WidgetChat. Choose another name with data-name. ` +
        'See docs/embedding.md, "JavaScript".',
    ].map((line) => `Widget: ${line}`);
  },
  /** Two tags with different site keys share a name. */
  tenant: (values: object) => {
    const [first = '', second = ''] = values as string[];
    return [
      `Widget: this page has the widget of the site key ${first} already, so the tag with the site key ${second} is ignored. To show both, ` +
        'give the second tag data-name="Widget2" and data-position="left". See docs/embedding.md, "Two widgets on a page".',
    ];
  },
  /** The server doesn't know the site key. */
  key: (values: object) => {
    const [key = ''] = values as string[];
    return [
      `Widget: the site key ${key} is unknown or has been revoked, so the tag draws nothing. Use the site key that ` +
        '`widget tenants create` printed, or create another one with `widget tenants key --new site`. See docs/embedding.md, "Settings".',
    ];
  },
};

/** Reports each mistake once. */
export function explain(kind: keyof typeof explanations, value: object): void {
  for (const line of explanations[kind](value)) {
    if (reported.has(line)) continue;
    reported.add(line);
    console.warn(line);
  }
}

const toDashed = (name: string): string => `data-${name.replace('K', '-k')}`;

/** Attributes that consent managers, caches and frameworks add to scripts. */
const isForeign = (name: string): boolean =>
  /^(cf|cookie|consent|category|usercentrics|uc|ot|borlabs|cmp|iub|gtm|rocket|litespeed|turbo|nscript|astro|vite|hid|n[A-Z]|no[A-Z]|wp|src|type|v$|ver$|version$|shop$|utm)/.test(
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
  let row = Object.keys(` ${to}`).map(Number);
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
