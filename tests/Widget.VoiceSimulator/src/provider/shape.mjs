// @ts-check
import { invalid } from './errors.mjs';

/**
 * JSON validation that names the invalid field like OpenAI's API. A check takes the value and its path, and throws if the value is
 * invalid. `optional` marks a field that may be absent, `nullable` one that may be null.
 *
 * @typedef {(value: any, path: string) => void} Check
 * @typedef {Check & { optional?: boolean }} FieldCheck
 */

/** @param {unknown} value */
function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return `a ${typeof value}`;
}

/** @param {string} path @param {string} expected @param {unknown} value */
const wrongType = (path, expected, value) =>
  invalid('invalid_type', `Invalid type for '${path}': expected ${expected}, but got ${kindOf(value)} instead.`, path);

/** @param {{ min?: number, max?: number }} [length] @returns {FieldCheck} */
export const string =
  ({ min = 0, max = Infinity } = {}) =>
  (value, path) => {
    if (typeof value !== 'string') throw wrongType(path, 'a string', value);
    if (value.length < min) throw invalid('empty_string', `Invalid '${path}': empty string.`, path);
    if (value.length > max) {
      const text = `Invalid '${path}': string too long. Expected a string with maximum length ${max}, but got a string with length ${value.length} instead.`;
      throw invalid('string_above_max_length', text, path);
    }
  };

/** @type {FieldCheck} */
export const boolean = (value, path) => {
  if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
};

/** @param {number} min @param {number} max @param {{ integer?: boolean }} [kind] @returns {FieldCheck} */
export const number =
  (min, max, { integer = false } = {}) =>
  (value, path) => {
    if (typeof value !== 'number' || (integer && !Number.isInteger(value))) {
      throw wrongType(path, integer ? 'an integer' : 'a number', value);
    }
    if (value < min)
      throw invalid(
        'integer_below_min_value',
        `Invalid '${path}': expected a value >= ${min}, but got ${value} instead.`,
        path,
      );
    if (value > max)
      throw invalid(
        'integer_above_max_value',
        `Invalid '${path}': expected a value <= ${max}, but got ${value} instead.`,
        path,
      );
  };

/** @param {readonly any[]} values @returns {FieldCheck} */
export const oneOf = (values) => (value, path) => {
  if (typeof value !== typeof values[0]) throw wrongType(path, `one of ${quoted(values)}`, value);
  if (!values.includes(value))
    throw invalid('invalid_value', `Invalid value: '${value}'. Supported values are: ${quoted(values)}.`, path);
};

/** @param {readonly any[]} values */
const quoted = (values) => values.map((value) => `'${value}'`).join(', ');

/** @param {Check} item @param {{ min?: number, max?: number }} [length] @returns {FieldCheck} */
export const array =
  (item, { min = 0, max = Infinity } = {}) =>
  (value, path) => {
    if (!Array.isArray(value)) throw wrongType(path, 'an array', value);
    if (value.length < min)
      throw invalid('array_below_min_length', `Invalid '${path}': expected at least ${min} items.`, path);
    if (value.length > max)
      throw invalid('array_above_max_length', `Invalid '${path}': expected at most ${max} items.`, path);
    value.forEach((element, index) => item(element, `${path}[${index}]`));
  };

/** An object with exactly these fields. @param {Record<string, FieldCheck>} fields @returns {FieldCheck} */
export const object = (fields) => (value, path) => {
  if (!isObject(value)) throw wrongType(path || 'body', 'an object', value);
  for (const [name, check] of Object.entries(fields)) {
    if (!check.optional && value[name] === undefined) {
      const field = join(path, name);
      throw invalid('missing_required_parameter', `Missing required parameter: '${field}'.`, field);
    }
  }
  for (const name of Object.keys(value)) {
    const field = join(path, name);
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!check) throw invalid('unknown_parameter', `Unknown parameter: '${field}'.`, field);
    check(value[name], field);
  }
};

/** Any object, such as a JSON Schema or metadata. @type {FieldCheck} */
export const anyObject = (value, path) => {
  if (!isObject(value)) throw wrongType(path, 'an object', value);
};

/** @param {Check} check @returns {FieldCheck} */
export const optional = (check) =>
  Object.assign((/** @type {any} */ value, /** @type {string} */ path) => check(value, path), { optional: true });

/** @param {Check} check @returns {FieldCheck} */
export const nullable = (check) =>
  Object.assign(
    (/** @type {any} */ value, /** @type {string} */ path) => {
      if (value !== null) check(value, path);
    },
    { optional: true },
  );

/** An object whose field `by` selects its shape. @param {string} by @param {Record<string, Check>} shapes @returns {FieldCheck} */
export const variant = (by, shapes) => (value, path) => {
  if (!isObject(value)) throw wrongType(path || 'body', 'an object', value);
  const field = join(path, by);
  if (value[by] === undefined)
    throw invalid('missing_required_parameter', `Missing required parameter: '${field}'.`, field);
  const shape = Object.hasOwn(shapes, value[by]) ? shapes[value[by]] : undefined;
  if (!shape)
    throw invalid(
      'invalid_value',
      `Invalid value: '${value[by]}'. Supported values are: ${quoted(Object.keys(shapes))}.`,
      field,
    );
  shape(value, path);
};

/** A check that depends on the value. @param {(value: any) => Check} choose @returns {FieldCheck} */
export const either = (choose) => (value, path) => choose(value)(value, path);

/** @param {unknown} value @returns {value is Record<string, any>} */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} path @param {string} name */
const join = (path, name) => (path ? `${path}.${name}` : name);
