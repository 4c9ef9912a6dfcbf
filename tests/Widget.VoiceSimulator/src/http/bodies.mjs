// @ts-check
import { invalid } from '../provider/errors.mjs';

const LARGEST = 1024 * 1024;

/** @param {import('node:http').IncomingMessage} message @returns {Promise<Buffer>} */
export async function readBody(message) {
  const chunks = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > LARGEST) throw invalid('request_too_large', 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @param {import('node:http').IncomingMessage} message */
export const mediaType = (message) => (message.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();

/** @param {Buffer | string} body @param {string} [param] */
export function parseJson(body, param) {
  try {
    return JSON.parse(String(body));
  } catch {
    throw invalid('invalid_json', 'We could not parse the JSON body of your request.', param ?? null);
  }
}

/**
 * The parts of a multipart/form-data body (RFC 7578).
 * @param {Buffer} body @param {string} contentType
 * @returns {Map<string, { type: string | null, text: string }>}
 */
export function parseMultipart(body, contentType) {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) throw invalid('invalid_multipart', 'The multipart body has no boundary.');
  const parts = new Map();
  for (const section of body.toString('utf8').split(`--${boundary}`).slice(1)) {
    if (section.startsWith('--')) return parts;
    const split = section.indexOf('\r\n\r\n');
    if (!section.startsWith('\r\n') || !section.endsWith('\r\n') || split < 0) break;
    const head = section.slice(2, split);
    const name = /^content-disposition:\s*form-data;(?:.*;)?\s*name="?([^";\r\n]+)"?/im.exec(head)?.[1];
    if (!name || parts.has(name)) break;
    const type = /^content-type:\s*([^;\r\n]+)/im.exec(head)?.[1].trim().toLowerCase() ?? null;
    parts.set(name, { type, text: section.slice(split + 4, -2) });
  }
  throw invalid('invalid_multipart', 'The multipart body could not be parsed.');
}
