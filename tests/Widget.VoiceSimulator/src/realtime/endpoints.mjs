// @ts-check
import { mediaType, parseJson, parseMultipart } from '../http/bodies.mjs';
import { Routes } from '../http/router.mjs';
import { ProviderError, invalid } from '../provider/errors.mjs';
import { openCall } from '../provider/open-call.mjs';
import { unixNow } from '../provider/ids.mjs';
import { AZURE, accountOf, safetyIdentifier } from './access.mjs';
import { RealtimeCall, newCallId } from './call.mjs';
import { openSession } from './session.mjs';

/** @typedef {import('../provider/world.mjs').World} World */
/** @typedef {import('../http/respond.mjs').Request} Request */

/** @typedef {import('./access.mjs').Cloud} Cloud */

/** @param {ProviderError} error */
export const openaiError = (error) => ({ error: error.toBody() });

/** @param {World} world @param {Cloud} cloud */
export function realtimeRoutes(world, cloud) {
  return new Routes(cloud.prefix, openaiError)
    .on('POST', '/realtime/calls', (request) => open(world, cloud, request))
    .on('POST', '/realtime/calls/{id}/hangup', (request) => hangUp(world, cloud, request))
    .on('POST', '/realtime/client_secrets', (request) => mint(world, cloud, request))
    .on('GET', '/models', (request) => {
      accountOf(world, cloud, request.message);
      return { status: 200, json: { object: 'list', data: world.catalog.all() } };
    })
    .on('GET', '/models/{model}', ({ message, params }) => {
      accountOf(world, cloud, message);
      if (!world.catalog.has(params.model))
        throw new ProviderError(404, 'model_not_found', `The model '${params.model}' does not exist`, 'model');
      return { status: 200, json: world.catalog.describe(params.model) };
    });
}

/** @param {World} world @param {Cloud} cloud @param {Request} request */
async function open(world, cloud, { message, url, body }) {
  const key = cloud.keyOf(message);
  const secret = key?.startsWith('ek_') ? world.secrets.find(key) : null;
  if (key?.startsWith('ek_') && !secret)
    throw new ProviderError(401, 'invalid_client_secret', 'The client secret is unknown or has expired.');
  const account = secret?.account ?? accountOf(world, cloud, message);
  const { sdp, session } = await readOffer(message, await body(), secret);
  const id = newCallId();
  const answer = await openCall(world, sdp, account, (scenario) => {
    return new RealtimeCall({
      id,
      provider: cloud.name,
      account,
      scenario,
      received: session,
      safetyIdentifier: safetyIdentifier(message) ?? secret?.safetyIdentifier,
      isModel: (name) => cloud.ownNames || world.catalog.isRealtime(name),
      ownNames: false,
      filtered: cloud === AZURE && url.searchParams.get('webrtcfilter') === 'on',
    });
  });
  return {
    status: 201,
    headers: { 'Content-Type': 'application/sdp', Location: `${cloud.location}/realtime/calls/${id}` },
    text: answer,
  };
}

/**
 * Reads the offer and the session's configuration: both from a form, or only the offer if there is a client secret.
 * @param {import('node:http').IncomingMessage} message @param {Buffer} body @param {{ session: any } | null} secret
 */
async function readOffer(message, body, secret) {
  const type = mediaType(message);
  if (type === 'application/sdp') {
    if (!secret)
      throw invalid('missing_required_parameter', "Missing required parameter: 'session.type'.", 'session.type');
    return { sdp: body.toString('utf8'), session: secret.session };
  }
  if (type !== 'multipart/form-data') {
    throw invalid(
      'unsupported_content_type',
      `Unsupported content type: '${type}'. This API method accepts 'multipart/form-data' and 'application/sdp' requests.`,
    );
  }
  const parts = parseMultipart(body, message.headers['content-type'] ?? '');
  const sdp = partOf(parts, 'sdp', 'application/sdp');
  const session = parts.has('session')
    ? parseJson(partOf(parts, 'session', 'application/json'), 'session')
    : secret?.session;
  if (session === undefined)
    throw invalid('missing_required_parameter', "Missing required parameter: 'session'.", 'session');
  for (const name of parts.keys())
    if (name !== 'sdp' && name !== 'session') throw invalid('unknown_parameter', `Unknown parameter: '${name}'.`, name);
  return { sdp, session };
}

/** @param {Map<string, { type: string | null, text: string }>} parts @param {string} name @param {string} expected */
function partOf(parts, name, expected) {
  const part = parts.get(name);
  if (!part) throw invalid('missing_required_parameter', `Missing required parameter: '${name}'.`, name);
  // A browser's FormData sends strings without a content type.
  if (part.type !== null && part.type !== expected)
    throw invalid('invalid_type', `Invalid type for '${name}': expected ${expected}, but got ${part.type}.`, name);
  return part.text;
}

/** @param {World} world @param {Cloud} cloud @param {Request} request */
async function hangUp(world, cloud, { message, params }) {
  const call = world.calls.findRunning(params.id, accountOf(world, cloud, message));
  if (!call || call.provider !== cloud.name) throw noCall();
  await call.end('hangup');
  return { status: 200 };
}

export const noCall = () =>
  new ProviderError(404, 'call_id_not_found', 'No session found for the given call_id.', 'call_id');

/** @param {World} world @param {Cloud} cloud @param {Request} request */
async function mint(world, cloud, { message, body }) {
  const account = accountOf(world, cloud, message);
  world.accounts.checkQuota(account);
  if (mediaType(message) !== 'application/json')
    throw invalid('unsupported_content_type', 'This API method accepts application/json requests.');
  const { asked, ...secret } = world.secrets.create(account, parseJson(await body()), safetyIdentifier(message));
  const terms = {
    isModel: (/** @type {string} */ name) => cloud.ownNames || world.catalog.isRealtime(name),
    ownNames: false,
  };
  return { status: 200, json: { ...secret, session: openSession(asked, { ...terms, expiresAt: unixNow() + 3600 }) } };
}
