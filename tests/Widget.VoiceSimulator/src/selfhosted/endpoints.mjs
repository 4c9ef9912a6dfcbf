// @ts-check
import { mediaType, parseJson } from '../http/bodies.mjs';
import { Routes } from '../http/router.mjs';
import { invalid } from '../provider/errors.mjs';
import { newId } from '../provider/ids.mjs';
import { openCall } from '../provider/open-call.mjs';
import * as shape from '../provider/shape.mjs';
import { RealtimeCall } from '../realtime/call.mjs';

const MODELS = ['gpt-realtime', 'local-realtime'];

const request = shape.object({
  sdp: shape.string(),
  model: shape.string(),
  localai_assistant: shape.optional(shape.boolean),
});

/**
 * A self-hosted server, LocalAI: takes the offer as JSON and GA events on the channel, and has no secrets, sidebands or hang-up. A key is
 * optional; if sent, it is the account.
 * @param {import('../provider/world.mjs').World} world
 */
export function selfHostedRoutes(world) {
  return new Routes('/selfhosted/v1', (error) => ({ error: error.message }))
    .on('GET', '/models', () => ({
      status: 200,
      json: { object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) },
    }))
    .on('POST', '/realtime/calls', async ({ message, body }) => {
      if (mediaType(message) !== 'application/json') throw invalid(null, 'invalid request body');
      const asked = parseJson(await body());
      if (!asked?.sdp) throw invalid(null, 'sdp is required');
      if (!asked.model) throw invalid(null, 'model is required');
      request(asked, '');
      const account = /^Bearer (\S+)$/.exec(message.headers.authorization ?? '')?.[1] ?? null;
      if (account) world.accounts.check(account);
      const id = newId('sess');
      const received = { type: 'realtime', model: asked.model };
      const sdp = await openCall(world, asked.sdp, account, (scenario) => {
        return new RealtimeCall({
          id,
          provider: 'selfhosted',
          account,
          scenario,
          received,
          isModel: () => true,
          ownNames: true,
        });
      });
      return { status: 201, json: { sdp, session_id: id } };
    });
}
