/**
 * Substitutes for what old libraries on the customer's page replace or extend: Prototype.js gives arrays a `toJSON`, which makes
 * JSON.stringify write strings instead of arrays; others replace JSON.stringify, Promise or Array.from.
 */

/** The built-in promise. Async functions return it even if the page has replaced `Promise`. */
// eslint-disable-next-line @typescript-eslint/require-await -- Only its promise matters.
export const NativePromise = (async () => undefined)().constructor as PromiseConstructor;

/** The value as JSON, by RFC 8259. Uses nothing that a page replaces. */
export function toJson(value: unknown): string {
  if (typeof value === 'string') return `"${value.replace(/["\\\p{C}\u2028\u2029]/gu, escape)}"`;
  if (typeof value === 'number') return isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return 'null';
  const isList = Array.isArray(value);
  const parts: string[] = [];
  // Not `for … in`, which also lists what the page has added to prototypes.
  for (const [name, entry] of Object.entries(value))
    if (isList || entry !== undefined) parts.push(isList ? toJson(entry) : `${toJson(name)}:${toJson(entry)}`);
  return isList ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function escape(characters: string): string {
  let escaped = '';
  for (let i = 0; i < characters.length; i++) escaped += `\\u${characters.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}
