// @ts-check
import { invalid } from '../provider/errors.mjs';
import { accountOf } from './access.mjs';
import { noCall } from './endpoints.mjs';

/**
 * `wss://…/realtime?call_id=rtc_…` with the key that opened the call.
 * @param {import('../provider/world.mjs').World} world @param {import('./access.mjs').Cloud} cloud
 * @returns {import('../provider/sidebands.mjs').Finder}
 */
export const realtimeSideband = (world, cloud) => (message, url) => {
  if (url.pathname !== `${cloud.prefix}/realtime`) return null;
  const account = accountOf(world, cloud, message);
  const id = url.searchParams.get('call_id');
  if (!id)
    throw invalid(
      'missing_required_parameter',
      "Missing required parameter: 'call_id'. Only calls over WebRTC are simulated.",
      'call_id',
    );
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'call_id');
  if (unknown) throw invalid('unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown);
  const call = world.calls.findRunning(id, account);
  if (!call || call.provider !== cloud.name) throw noCall();
  return call;
};
