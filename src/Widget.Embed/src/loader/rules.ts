/**
 * What a page may write, in the few bytes that the loader has. What does not match is a mistake; the words for it are in mistakes.ts,
 * which is fetched only then.
 */

const attribute =
  /^(siteKey=pk_[\w-]{24}|mode=page|color=#([\da-f]{3}){1,2}|position=(left|right)|locale=(en|de|es|ar)(-.*)?)$/i;
const call =
  /^((open|close|toggle|attach|destroy):|ask:string|(identify|setContext):(object|undefined)|(on|off):string:function:(ready|open|close|message|answer|error|destroy)$)/;

/** Whether the tag has such an attribute and its value is allowed. Names are as in `dataset`: data-site-key is siteKey. */
export const isAttribute = (name: string, value = ''): boolean => attribute.test(`${name}=${value}`);

/** Whether there is such a call and it takes such arguments. */
export const isCall = ([name, first, second]: readonly unknown[]): boolean =>
  call.test(`${String(name)}:${type(first)}:${typeof second}:${typeof first === 'string' ? first : ''}`);

// No call takes an array.
const type = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
