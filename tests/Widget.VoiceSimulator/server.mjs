// @ts-check
// Realtime voice providers as separate processes would be, each under its own root: the real wire formats over a real WebRTC peer,
// strict about requests, able to be slow, to fail and to lie. What is said is simulated. /control/voice sets how it behaves.
import { createServer } from 'node:http';
import { controlRoutes } from './src/control/endpoints.mjs';
import { write } from './src/http/respond.mjs';
import { Routes } from './src/http/router.mjs';
import { addLive, liveSideband } from './src/live/endpoints.mjs';
import { loadWebRtc } from './src/peer/webrtc.mjs';
import { attachSidebands } from './src/provider/sidebands.mjs';
import { World } from './src/provider/world.mjs';
import { AZURE, LIVE, OPENAI } from './src/realtime/access.mjs';
import { openaiError, realtimeRoutes } from './src/realtime/endpoints.mjs';
import { realtimeSideband } from './src/realtime/sideband.mjs';
import { selfHostedRoutes } from './src/selfhosted/endpoints.mjs';

const port = Number(process.env.VOICE_SIMULATOR_PORT ?? 5084);

try {
  await loadWebRtc();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(69);
}

const world = new World();
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
server.listen(port, () => console.log(`The voice simulator listens on http://localhost:${port}.`));

for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  process.once(signal, async () => {
    server.close();
    await world.reset(null);
    process.exit(0);
  });
}
