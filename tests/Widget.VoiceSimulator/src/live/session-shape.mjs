// @ts-check
import { invalid } from '../provider/errors.mjs';
import * as shape from '../provider/shape.mjs';

const VOICES =
  'alloy ash ballad beacon bossa brise cedar cinder coral delta echo flitz gleam harema juni marin meridian nira noeul nuri quartz ripple sage shimmer shitan sillage stone tempo verse vesper willow'.split(
    ' ',
  );

/** About four characters per token. @param {string} text */
const tokens = (text) => Math.ceil(text.length / 4);

/** @param {number} limit @returns {shape.FieldCheck} */
const textUpTo = (limit) => (value, path) => {
  shape.string()(value, path);
  if (tokens(value) > limit) throw invalid('too_many_tokens', `Invalid '${path}': more than ${limit} tokens.`, path);
};

const part = (/** @type {string[]} */ ...types) =>
  shape.object({ type: shape.optional(shape.oneOf(types)), text: shape.string({ min: 1 }) });

const message = (/** @type {shape.FieldCheck} */ content) =>
  shape.object({
    type: shape.optional(shape.oneOf(['message'])),
    id: shape.nullable(shape.string()),
    status: shape.nullable(shape.oneOf(['incomplete', 'completed'])),
    role: shape.string(),
    content: shape.array(content, { min: 1, max: 1 }),
  });

const delegation = shape.variant('type', {
  client: shape.object({ type: shape.string() }),
  responses: (_, path) => {
    throw invalid('unsupported_value', 'Only client delegation is simulated.', `${path}.type`);
  },
});

const events = (/** @type {shape.Check} */ item) =>
  shape.optional(shape.either((value) => (Array.isArray(value) ? shape.array(item) : shape.oneOf(['all']))));

const history = shape.array(
  shape.variant('role', {
    developer: message(part('input_text', 'text')),
    user: message(part('input_text', 'text')),
    assistant: message(part('text', 'output_text')),
  }),
  { max: 128 },
);

export const session = shape.object({
  model: shape.string({ min: 1 }),
  instructions: shape.nullable(textUpTo(16_384)),
  audio: shape.optional(
    shape.object({
      output: shape.optional(
        shape.object({
          voice: shape.optional(
            shape.either((value) =>
              shape.isObject(value) ? shape.object({ id: shape.string({ min: 1 }) }) : shape.oneOf(VOICES),
            ),
          ),
        }),
      ),
    }),
  ),
  input: shape.optional((value, path) => {
    history(value, path);
    const length = value.reduce(
      (/** @type {number} */ sum, /** @type {any} */ item) => sum + tokens(item.content[0].text),
      0,
    );
    if (length > 8192) throw invalid('too_many_tokens', `Invalid '${path}': more than 8192 tokens.`, path);
  }),
  delegation: shape.nullable(delegation),
  client: shape.optional(
    shape.object({
      data_channel: shape.object({
        allowed_client_events: events(shape.string({ min: 1 })),
        allowed_server_events: events(
          shape.object({ type: shape.string({ min: 1 }), response_event: shape.optional(shape.string({ min: 1 })) }),
        ),
      }),
    }),
  ),
  store: shape.optional(shape.boolean),
});

export const createRequest = shape.object({
  session,
  transport: shape.object({ type: shape.oneOf(['webrtc']), sdp: shape.string({ min: 1 }) }),
});

const event = (/** @type {Record<string, shape.FieldCheck>} */ fields = {}) =>
  shape.object({ type: shape.string(), event_id: shape.nullable(shape.string()), ...fields });
/** Required, but may be null. @type {shape.FieldCheck} */
const delegationId = (value, path) => {
  if (value !== null) shape.string({ min: 1 })(value, path);
};
const append = event({ content: textUpTo(500), delegation_id: delegationId });

/** The events that a client may send in a WebRTC session with client delegation. */
export const clientEvents = {
  'session.update': event({ session: shape.object({ delegation: shape.nullable(delegation) }) }),
  'session.input_audio.mute': event(),
  'session.input_audio.unmute': event(),
  'session.instructions.append': append,
  'session.thinking.append': append,
  'session.commentary.append': append,
  'session.close': event(),
};
