/**
 * What a page may write in the tag and in calls, in the few bytes that the loader has. Explanations of mistakes are in mistakes.ts, which
 * is loaded only when there is one.
 */

const attribute =
  /^((siteK|k)ey=pk_[\w-]{24}|mode=page|color=#?([\da-f]{3}){1,2}|position=(left|right)|locale=(en|de|es|ar)(-.*)?|name=[a-z]\w*)$/i;
const call =
  /^((open|close|toggle|attach|reset|destroy):|ask:string|(identify|setContext):(object|undefined)|(on|off):string:function:(ready|open|close|message|answer|error|destroy)$)/;

/** Whether the setting exists and its value is allowed. Names are as in `dataset`: data-site-key is siteKey. */
export const isAttribute = (name: string, value = ''): boolean => attribute.test(`${name}=${value}`);

/** Whether the function exists and takes these arguments. */
export const isCall = ([name, first, second]: readonly unknown[]): boolean =>
  call.test(`${String(name)}:${type(first)}:${typeof second}:${typeof first === 'string' ? first : ''}`);

/** A setting as it was meant: content systems add quotes, spaces and line breaks. */
export const clean = (value: unknown): string => ((value as string | undefined) ?? '').replace(/[^\w#-]/g, '');

// No function takes an array.
const type = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
