// @ts-check
import { newId, unixNow } from '../provider/ids.mjs';
import * as shape from '../provider/shape.mjs';

const request = shape.object({
  expires_after: shape.optional(
    shape.object({
      anchor: shape.optional(shape.oneOf(['created_at'])),
      seconds: shape.optional(shape.number(10, 7200, { integer: true })),
    }),
  ),
  session: shape.optional(shape.anyObject),
});

/** Secrets for browsers. Until it expires, a secret can open any number of sessions, and nothing else. */
export class ClientSecrets {
  #secrets =
    /** @type {Map<string, { account: string, session: any, expiresAt: number, safetyIdentifier: string | null }>} */ (
      new Map()
    );

  /**
   * @param {string} account @param {any} body @param {string | null} safetyIdentifier
   * @returns {{ value: string, expires_at: number, asked: any }} asked: the configured session
   */
  create(account, body, safetyIdentifier) {
    request(body, '');
    const expiresAt = unixNow() + (body.expires_after?.seconds ?? 600);
    const asked = body.session ?? { type: 'realtime', model: 'gpt-realtime-2.1' };
    const value = newId('ek');
    this.#secrets.set(value, { account, session: asked, expiresAt, safetyIdentifier });
    return { value, expires_at: expiresAt, asked };
  }

  /** @param {string} value */
  find(value) {
    const secret = this.#secrets.get(value);
    return secret && secret.expiresAt > unixNow() ? secret : null;
  }
}
