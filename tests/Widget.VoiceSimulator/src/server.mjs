// @ts-check
import { createServer } from 'node:http';
import { controlRoutes } from './control/endpoints.mjs';
import { write } from './http/respond.mjs';
import { Routes } from './http/router.mjs';
import { addLive, liveSideband } from './live/endpoints.mjs';
import { attachSidebands } from './provider/sidebands.mjs';
import { World } from './provider/world.mjs';
import { AZURE, LIVE, OPENAI } from './realtime/access.mjs';
import { openaiError, realtimeRoutes } from './realtime/endpoints.mjs';
import { realtimeSideband } from './realtime/sideband.mjs';
import { selfHostedRoutes } from './selfhosted/endpoints.mjs';

/**
 * Serves every simulated provider until the process is terminated.
 * @param {{ port: number, demo: boolean }} options
 */
export function serve({ port, demo }) {
  const world = new World({ demo });
  const roots = [
    addLive(realtimeRoutes(world, OPENAI), world, OPENAI),
    addLive(realtimeRoutes(world, AZURE), world, AZURE),
    addLive(new Routes(LIVE.prefix, openaiError), world, LIVE),
    selfHostedRoutes(world),
    controlRoutes(world),
  ];

  const server = createServer((message, response) => {
    const url = new URL(message.url ?? '/', 'http://localhost');
    if (url.pathname === '/health') return write(response, { status: 200, text: 'ok' });
    const root = roots.find(({ prefix }) => url.pathname.startsWith(prefix));
    if (!root)
      return write(response, {
        status: 404,
        json: {
          error: {
            message: `Nothing is simulated at ${url.pathname}.`,
            type: 'invalid_request_error',
            code: 'unknown_url',
            param: null,
          },
        },
      });
    void root.answer(message, url, response);
  });
  const sidebands = [
    realtimeSideband(world, OPENAI),
    realtimeSideband(world, AZURE),
    liveSideband(world, OPENAI),
    liveSideband(world, AZURE),
    liveSideband(world, LIVE),
  ];
  attachSidebands(server, sidebands);

  server.on('error', (error) => {
    console.error(`The voice simulator cannot listen on port ${port}: ${error.message}`);
    process.exit(1);
  });
  server.listen(port, () => {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    console.log(`The voice simulator listens on http://localhost:${address.port}.`);
  });

  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
    process.once(signal, async () => {
      server.close();
      await world.reset(null);
      // The threads of closed WebRTC connections need a moment to end. A process that exits before may crash.
      await new Promise((resolve) => setTimeout(resolve, 300));
      process.exit(0);
    });
  }
}
