// Simulates LiveKit's media server for the tests: its signalling (/rtc/v1, /rtc/v1/validate) and an SFU over real WebRTC. Requests to the
// server API (/twirp) are passed on to Widget.Simulators, which is told who joins and leaves. People whom a request removes are
// disconnected here.
//
// It prints {"ready": address}.
//
// LIVEKIT_PORT    default 5087; 0 takes a free port
// LIVEKIT_KEY     the key and
// LIVEKIT_SECRET  the secret that sign access tokens
// LIVEKIT_API     the other simulator's root, such as http://127.0.0.1:5080; null without one
// LIVEKIT_RUN     1: goes on when its input ends, as for ./run
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { api } from './src/api.mjs';
import { joinRequest } from './src/joinRequest.mjs';
import { Rooms } from './src/rooms.mjs';
import { check } from './src/tokens.mjs';

const { LIVEKIT_PORT = '5087', LIVEKIT_KEY = 'devkey', LIVEKIT_SECRET = '', LIVEKIT_API } = process.env;
const account = { key: LIVEKIT_KEY, secret: LIVEKIT_SECRET };
const behind = api(LIVEKIT_API);
const rooms = new Rooms(account, behind);

/** Answers as LiveKit does: pages of any origin may ask why they were refused. */
function answer(response, status, body, type = 'text/plain; charset=utf-8') {
  response.writeHead(status, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' }).end(body);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  try {
    if (url.pathname === '/rtc/v1/validate') {
      const { fault } = check(url.searchParams.get('access_token'), account);
      answer(response, fault ? 401 : 200, fault ?? 'success');
    } else if (url.pathname.startsWith('/twirp/') && request.method === 'POST') {
      const { status, body, sent } = await behind.pass(request, url.pathname);
      if (status === 200) rooms.follow(url.pathname, sent);
      answer(response, status, body, 'application/json');
    } else if (url.pathname === '/control/rooms') {
      answer(response, 200, JSON.stringify(rooms.describe()), 'application/json');
    } else if (url.pathname === '/control/drop' && request.method === 'POST') {
      // Breaks everybody's connections, as when the server restarts.
      rooms.drop();
      answer(response, 204);
    } else answer(response, 404, 'not found');
  } catch (error) {
    console.error(error);
    answer(response, 500, String(error));
  }
});

const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'http://localhost');
  const { claims, fault } = check(url.searchParams.get('access_token'), account);
  const joining = claims && joinRequest(url.searchParams.get('join_request'));
  if (url.pathname !== '/rtc/v1' || fault || !joining) {
    const status = url.pathname !== '/rtc/v1' ? '404 Not Found' : fault ? '401 Unauthorized' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (ws) => rooms.connect(ws, claims, joining));
});
server.listen(Number(LIVEKIT_PORT), 'localhost', () => {
  console.log(JSON.stringify({ ready: `http://localhost:${server.address().port}` }));
});
if (process.env.LIVEKIT_RUN !== '1') process.stdin.on('end', () => process.exit()).resume();
