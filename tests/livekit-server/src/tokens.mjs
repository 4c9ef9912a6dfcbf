// LiveKit's access tokens: JSON Web Tokens with HMAC-SHA256 (livekit/protocol, auth).
import { createHmac, timingSafeEqual } from 'node:crypto';

const refreshed = 10 * 60;

/** Returns the claims of a token that lets somebody join a room, or why it does not. */
export function check(token, { key, secret }) {
  const [header, payload, signature, ...more] = (token ?? '').split('.');
  if (!header || !payload || !signature || more.length) return { fault: 'invalid token' };
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { fault: 'invalid token: signature' };
  let claims;
  try {
    if (JSON.parse(Buffer.from(header, 'base64url')).alg !== 'HS256') return { fault: 'invalid token: algorithm' };
    claims = JSON.parse(Buffer.from(payload, 'base64url'));
  } catch {
    return { fault: 'invalid token: no JSON' };
  }
  const now = Date.now() / 1000;
  if (claims.iss !== key) return { fault: 'invalid API key' };
  if (!(claims.exp > now)) return { fault: 'invalid token: expired' };
  if (claims.nbf > now) return { fault: 'invalid token: not valid yet' };
  if (!claims.sub) return { fault: 'invalid token: no identity' };
  if (claims.video?.roomJoin !== true || !claims.video.room) return { fault: 'permissions denied' };
  return { claims };
}

/** The same permissions for longer, with which a client comes back by itself. */
export function refresh(claims, { key, secret }) {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iss: key, nbf: now - 10, exp: now + refreshed })}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
