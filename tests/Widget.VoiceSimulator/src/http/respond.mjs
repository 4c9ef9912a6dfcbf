// @ts-check

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {Record<string, string>} [headers]
 * @property {any} [json]
 * @property {string} [text]
 *
 * @typedef {object} Request
 * @property {import('node:http').IncomingMessage} message
 * @property {URL} url
 * @property {Record<string, string>} params
 * @property {() => Promise<Buffer>} body
 *
 * @typedef {(request: Request) => Reply | Promise<Reply>} Handler
 */

/** @param {import('node:http').ServerResponse} response @param {Reply} reply */
export function write(response, { status, headers = {}, json, text }) {
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  if (json !== undefined) headers = { 'Content-Type': 'application/json', ...headers };
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
