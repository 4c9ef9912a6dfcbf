// @ts-check
import { STATUS_CODES } from 'node:http';
import { WebSocketServer } from 'ws';
import { ProviderError } from './errors.mjs';

/**
 * @typedef {(message: import('node:http').IncomingMessage, url: URL) => import('./call.mjs').Call | null} Finder
 *   returns the call for a WebSocket, or null if the path belongs to another provider; throws a ProviderError to refuse it
 */

/** Attaches WebSockets to their calls. @param {import('node:http').Server} server @param {Finder[]} finders */
export function attachSidebands(server, finders) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024 });
  server.on('upgrade', (message, socket, head) => {
    socket.on('error', () => {});
    try {
      const url = new URL(message.url ?? '/', 'http://localhost');
      const call = finders.reduce(
        (/** @type {import('./call.mjs').Call | null} */ found, find) => found ?? find(message, url),
        null,
      );
      if (!call) throw new ProviderError(404, 'unknown_url', `Invalid URL (GET ${url.pathname})`);
      if (call.behavior.sidebandRefusals > 0) {
        call.behavior.sidebandRefusals--;
        throw new ProviderError(404, 'call_id_not_found', 'No session found for the given call_id.', 'call_id');
      }
      sockets.handleUpgrade(message, socket, head, (sideband) => {
        if (call.ended) sideband.close(1000);
        else call.attach(sideband);
      });
    } catch (error) {
      const known =
        error instanceof ProviderError
          ? error
          : new ProviderError(500, 'server_error', String(error), null, 'server_error');
      const body = JSON.stringify({ error: known.toBody() });
      socket.end(
        `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  });
}
