// @ts-check
import { ProviderError } from './errors.mjs';

/** The invalid keys. Every other key is valid and is an account of its own. */
export class Accounts {
  revoked = /** @type {Set<string>} */ (new Set());
  outOfQuota = /** @type {Set<string>} */ (new Set());

  /** @param {{ revoked?: string[], outOfQuota?: string[] }} keys */
  set({ revoked = [], outOfQuota = [] }) {
    this.revoked = new Set(revoked);
    this.outOfQuota = new Set(outOfQuota);
  }

  /** @param {string} key */
  check(key) {
    if (!this.revoked.has(key)) return;
    const text = `Incorrect API key provided: ${key.slice(0, 5)}***. You can find your API key at https://platform.openai.com/account/api-keys.`;
    throw new ProviderError(401, 'invalid_api_key', text);
  }

  /** @param {string} key */
  checkQuota(key) {
    if (!this.outOfQuota.has(key)) return;
    const text = 'You exceeded your current quota, please check your plan and billing details.';
    throw new ProviderError(429, 'insufficient_quota', text, null, 'insufficient_quota');
  }
}
