/**
 * Receives webhooks on the given port of this machine, until standard input ends. Each line of standard input is a secret. Prints each
 * request as a line of JSON, {id, verified: true, message}, or {id, verified: false, error}. The first line is {ready: true}. A request
 * that no secret verifies gets the status 401.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';

const secrets = [];
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

function verify(body, headers) {
  let error = new Error('There is no secret yet.');
  for (const secret of secrets)
    try {
      return new Webhook(secret).verify(body, headers);
    } catch (refused) {
      error = refused;
    }
  throw error;
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  const id = request.headers['webhook-id'];
  try {
    print({ id, verified: true, message: verify(body, request.headers) });
    response.writeHead(204).end();
  } catch (error) {
    print({ id, verified: false, error: String(error) });
    response.writeHead(401).end();
  }
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => print({ ready: true }));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  secrets.push(line);
  print({ secrets: secrets.length });
});
lines.on('close', () => process.exit());
