// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The simulator as a separate process. */
export class Simulator {
  /** @param {number} port @param {import('node:child_process').ChildProcess} program */
  constructor(port, program) {
    this.root = `http://127.0.0.1:${port}`;
    this.program = program;
  }

  static async start(environment = {}) {
    const server = fileURLToPath(new URL('../server.mjs', import.meta.url));
    const program = spawn(process.execPath, [server], {
      env: { ...process.env, VOICE_SIMULATOR_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(program, 'exit').then(([code]) =>
      Promise.reject(new Error(`The simulator ended with ${code}.`)),
    );
    const [printed] = await Promise.race([
      once(/** @type {import('node:stream').Readable} */ (program.stdout), 'data'),
      ended,
    ]);
    ended.catch(() => {});
    return new Simulator(Number(/:(\d+)\./.exec(String(printed))?.[1]), program);
  }

  /** @returns {Promise<number | null>} its exit code */
  async stop() {
    const ended = once(this.program, 'exit');
    this.program.kill('SIGTERM');
    const [code] = await ended;
    return code;
  }

  /** @param {string} method @param {string} path @param {any} [body] @param {string} [account] */
  async control(method, path, body, account) {
    const query = account ? `?account=${encodeURIComponent(account)}` : '';
    const response = await fetch(`${this.root}/control/voice${path}${query}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  }

  /** @param {string} id @returns {Promise<any>} */
  call(id) {
    return this.control('GET', `/calls/${id}`);
  }
}
