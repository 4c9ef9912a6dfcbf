// @ts-check
import { ProviderError } from '../provider/errors.mjs';

/**
 * The differences between the clouds that offer these endpoints.
 * @typedef {object} Cloud
 * @property {string} name
 * @property {string} prefix of the paths
 * @property {string} location prefix of a call's address in the Location header
 * @property {(message: import('node:http').IncomingMessage) => string | null} keyOf
 * @property {RegExp} keys what a key looks like
 * @property {boolean} ownNames models are deployments with arbitrary names
 */

/** @type {Cloud} */
export const OPENAI = {
  name: 'openai',
  prefix: '/openai/v1',
  location: '/v1',
  keyOf: (message) => /^Bearer (\S+)$/.exec(message.headers.authorization ?? '')?.[1] ?? null,
  keys: /^sk-./,
  ownNames: false,
};

/** GPT-Live only, under its own root. @type {Cloud} */
export const LIVE = { ...OPENAI, name: 'live', prefix: '/live/v1' };

/** @type {Cloud} */
export const AZURE = {
  name: 'azure',
  prefix: '/azure/openai/v1',
  location: '/openai/v1',
  keyOf: (message) => {
    const secret = /^Bearer (ek_\S+)$/.exec(message.headers.authorization ?? '')?.[1];
    const key = message.headers['api-key'];
    return secret ?? (typeof key === 'string' ? key : null);
  },
  keys: /./,
  ownNames: true,
};

/**
 * Returns a request's account, which is its key.
 * @param {import('../provider/world.mjs').World} world @param {Cloud} cloud @param {import('node:http').IncomingMessage} message
 */
export function accountOf(world, cloud, message) {
  const key = cloud.keyOf(message);
  if (!key) throw new ProviderError(401, null, "You didn't provide an API key.");
  if (key.startsWith('ek_')) throw new ProviderError(401, 'invalid_api_key', 'A client secret can only open sessions.');
  if (!cloud.keys.test(key))
    throw new ProviderError(401, 'invalid_api_key', `Incorrect API key provided: ${key.slice(0, 5)}***.`);
  world.accounts.check(key);
  return key;
}

/** A hash that identifies the visitor, for detecting misuse. @param {import('node:http').IncomingMessage} message */
export const safetyIdentifier = (message) =>
  /** @type {string | undefined} */ (message.headers['openai-safety-identifier']) ?? null;
