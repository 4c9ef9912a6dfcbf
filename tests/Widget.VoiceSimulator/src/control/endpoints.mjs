// @ts-check
import { parseJson } from '../http/bodies.mjs';
import { Routes } from '../http/router.mjs';
import { ProviderError } from '../provider/errors.mjs';
import * as shape from '../provider/shape.mjs';
import { DEFAULTS, checkBehavior } from './behavior.mjs';
import { Script, checkScript } from './script.mjs';

const LONGEST_FREEZE = 120;
const keys = shape.optional(shape.array(shape.string({ min: 1 })));
const checkKeys = shape.object({ revoked: keys, outOfQuota: keys });
const checkFreeze = shape.object({ seconds: shape.number(0.01, LONGEST_FREEZE) });

/**
 * Tests control the simulated providers and inspect calls here. `?account=KEY` restricts a request to one account.
 * @param {import('../provider/world.mjs').World} world
 */
export function controlRoutes(world) {
  /** @param {URL} url */
  const account = (url) => url.searchParams.get('account');
  /** @param {import('../http/respond.mjs').Request} request @param {shape.Check} check */
  const read = async ({ body }, check) => {
    const value = parseJson(await body());
    check(value, '');
    return value;
  };
  /** @param {string} id */
  const find = (id) => {
    const call = world.calls.find(id);
    if (!call) throw new ProviderError(404, 'not_found', `There is no call ${id}.`);
    return call;
  };
  const done = { status: 204 };

  return new Routes('/control/voice', (error) => ({ error: error.toBody() }))
    .on('PUT', '/script', async (request) => {
      world.scenarios.set(account(request.url)).script = new Script(await read(request, checkScript));
      return done;
    })
    .on('PUT', '/behavior', async (request) => {
      const behavior = await read(request, checkBehavior);
      // Changes the object in place, so that it applies to running calls. Fields that are left out get their defaults.
      Object.assign(world.scenarios.set(account(request.url)).behavior, DEFAULTS, behavior);
      return done;
    })
    .on('PUT', '/keys', async (request) => {
      world.accounts.set(await read(request, checkKeys));
      return done;
    })
    .on('PUT', '/models', async (request) => {
      world.catalog.add(await read(request, shape.anyObject));
      return done;
    })
    .on('GET', '/calls', ({ url }) => ({
      status: 200,
      json: world.calls.list(account(url)).map((call) => call.describe()),
    }))
    .on('GET', '/calls/{id}', ({ params }) => {
      const call = find(params.id);
      return { status: 200, json: { ...call.describe(), events: call.log } };
    })
    .on('POST', '/calls/{id}/kill', async ({ params }) => {
      await find(params.id).end('killed');
      return done;
    })
    .on('POST', '/calls/{id}/expire', async ({ params }) => {
      await find(params.id).expire();
      return done;
    })
    .on('POST', '/calls/{id}/emit', async (request) => {
      const call = find(request.params.id);
      call.send(await read(request, shape.anyObject));
      return done;
    })
    .on('POST', '/freeze', async (request) => {
      const { seconds } = await read(request, checkFreeze);
      // Hangs the process: it answers, says and hears nothing, and connections stay open.
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000), 20);
      return done;
    })
    .on('DELETE', '/?', async ({ url }) => {
      await world.reset(account(url));
      return done;
    });
}
