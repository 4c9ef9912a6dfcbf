// @ts-check
import { mediaType, parseJson } from '../http/bodies.mjs';
import { ProviderError, invalid } from '../provider/errors.mjs';
import { newId } from '../provider/ids.mjs';
import { openCall } from '../provider/open-call.mjs';
import { accountOf, safetyIdentifier } from '../realtime/access.mjs';
import { LiveCall } from './call.mjs';

/** @typedef {import('../provider/world.mjs').World} World */
/** @typedef {import('../realtime/access.mjs').Cloud} Cloud */

/**
 * Adds GPT-Live's routes to those of a cloud.
 * @param {import('../http/router.mjs').Routes} routes @param {World} world @param {Cloud} cloud
 */
export function addLive(routes, world, cloud) {
  return routes.on('POST', '/live/sessions', async ({ message, body }) => {
    const account = accountOf(world, cloud, message);
    if (mediaType(message) !== 'application/json')
      throw invalid('unsupported_content_type', 'This API method accepts application/json requests.');
    const received = parseJson(await body());
    const id = newId('live');
    const sdp = await openCall(world, received?.transport?.sdp ?? '', account, (scenario) => {
      const isModel = (/** @type {string} */ name) =>
        cloud.ownNames || (world.catalog.has(name) && name.startsWith('gpt-live-') && !name.includes('transcribe'));
      return new LiveCall({
        id,
        provider: 'live',
        account,
        scenario,
        received,
        safetyIdentifier: safetyIdentifier(message),
        isModel,
      });
    });
    return { status: 201, json: { session: { id }, transport: { type: 'webrtc', sdp } } };
  });
}

/**
 * `wss://…/live/sessions/{id}/attach`
 * @param {World} world @param {Cloud} cloud
 * @returns {import('../provider/sidebands.mjs').Finder}
 */
export const liveSideband = (world, cloud) => (message, url) => {
  const [, prefix, id] = /^(.*)\/live\/sessions\/([^/]+)\/attach$/.exec(url.pathname) ?? [];
  if (prefix !== cloud.prefix) return null;
  const call = world.calls.findRunning(id, accountOf(world, cloud, message));
  if (!call || call.provider !== 'live')
    throw new ProviderError(404, 'session_not_found', 'No Live session was found for the given id.', 'session_id');
  return call;
};
