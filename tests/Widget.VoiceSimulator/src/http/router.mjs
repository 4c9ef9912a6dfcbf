// @ts-check
import { ProviderError } from '../provider/errors.mjs';
import { readBody } from './bodies.mjs';
import { write } from './respond.mjs';

/** @typedef {import('./respond.mjs').Handler} Handler */

/** The routes of one provider, with its own error format. */
export class Routes {
  #routes = /** @type {{ method: string, pattern: RegExp, handler: Handler }[]} */ ([]);

  /** @param {string} prefix @param {(error: ProviderError) => any} errorBody */
  constructor(prefix, errorBody) {
    this.prefix = prefix;
    this.errorBody = errorBody;
  }

  /** @param {string} method @param {string} path with `{name}` for a segment @param {Handler} handler */
  on(method, path, handler) {
    this.#routes.push({
      method,
      pattern: new RegExp(`^${this.prefix}${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
      handler,
    });
    return this;
  }

  /** @param {import('node:http').IncomingMessage} message @param {URL} url @param {import('node:http').ServerResponse} response */
  async answer(message, url, response) {
    try {
      const found = this.#routes
        .map((route) => ({ ...route, match: route.pattern.exec(url.pathname) }))
        .filter((route) => route.match);
      const route = found.find((candidate) => candidate.method === message.method);
      if (!route) {
        const text = `Invalid URL (${message.method} ${url.pathname})`;
        throw found.length > 0
          ? new ProviderError(405, 'method_not_allowed', text)
          : new ProviderError(404, 'unknown_url', text);
      }
      const params = Object.fromEntries(
        Object.entries(route.match?.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      write(response, await route.handler({ message, url, params, body: () => readBody(message) }));
    } catch (error) {
      const known =
        error instanceof ProviderError
          ? error
          : new ProviderError(500, 'server_error', String(error), null, 'server_error');
      if (known.status === 500) console.error(error);
      write(response, { status: known.status, json: this.errorBody(known) });
    }
  }
}
