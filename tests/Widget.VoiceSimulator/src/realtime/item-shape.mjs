// @ts-check
import * as shape from '../provider/shape.mjs';
import { tool, toolChoice, maxOutputTokens, modalities } from './session-shape.mjs';

const text = (/** @type {string} */ type) => shape.object({ type: shape.oneOf([type]), text: shape.string() });
const status = shape.optional(shape.oneOf(['completed', 'incomplete', 'in_progress']));
const id = shape.optional(shape.string({ min: 1, max: 64 }));
const common = { id, object: shape.optional(shape.oneOf(['realtime.item'])), type: shape.string(), status };

const message = shape.variant('role', {
  system: shape.object({
    ...common,
    role: shape.string(),
    content: shape.array(shape.variant('type', { input_text: text('input_text') }), { min: 1 }),
  }),
  user: shape.object({
    ...common,
    role: shape.string(),
    content: shape.array(
      shape.variant('type', {
        input_text: text('input_text'),
        input_audio: shape.object({
          type: shape.string(),
          audio: shape.string({ min: 1 }),
          transcript: shape.nullable(shape.string()),
        }),
        input_image: shape.object({
          type: shape.string(),
          image_url: shape.string({ min: 1 }),
          detail: shape.optional(shape.oneOf(['auto', 'low', 'high'])),
        }),
      }),
      { min: 1 },
    ),
  }),
  // Clients can add an assistant's text, but not its sound.
  assistant: shape.object({
    ...common,
    role: shape.string(),
    content: shape.array(shape.variant('type', { output_text: text('output_text') }), { min: 1 }),
  }),
});

/** An item that a client may create. */
export const item = shape.variant('type', {
  message,
  function_call: shape.object({
    ...common,
    call_id: shape.optional(shape.string({ min: 1 })),
    name: shape.string({ min: 1 }),
    arguments: shape.string(),
  }),
  function_call_output: shape.object({ ...common, call_id: shape.string({ min: 1 }), output: shape.string() }),
});

const inputItem = shape.either((value) =>
  value?.type === 'item_reference' ? shape.object({ type: shape.string(), id: shape.string({ min: 1 }) }) : item,
);

const response = shape.object({
  conversation: shape.optional(shape.oneOf(['auto', 'none'])),
  instructions: shape.optional(shape.string()),
  output_modalities: shape.optional(modalities),
  input: shape.optional(shape.array(inputItem)),
  tools: shape.optional(shape.array(tool)),
  tool_choice: shape.optional(toolChoice),
  parallel_tool_calls: shape.optional(shape.boolean),
  max_output_tokens: shape.optional(maxOutputTokens),
  metadata: shape.nullable(shape.anyObject),
  reasoning: shape.nullable(shape.anyObject),
  audio: shape.optional(
    shape.object({
      output: shape.optional(
        shape.object({ voice: shape.optional(shape.string({ min: 1 })), format: shape.optional(shape.anyObject) }),
      ),
    }),
  ),
});

const event = (/** @type {Record<string, shape.FieldCheck>} */ fields) =>
  shape.object({ type: shape.string(), event_id: shape.optional(shape.string({ max: 512 })), ...fields });
const itemId = { item_id: shape.string({ min: 1 }) };

/** The events that a client may send. `session` is validated against the current session. */
export const clientEvents = {
  'session.update': event({ session: shape.anyObject }),
  'input_audio_buffer.append': event({ audio: shape.string() }),
  'input_audio_buffer.commit': event({}),
  'input_audio_buffer.clear': event({}),
  'output_audio_buffer.clear': event({}),
  'conversation.item.create': event({ item, previous_item_id: shape.nullable(shape.string({ min: 1 })) }),
  'conversation.item.retrieve': event(itemId),
  'conversation.item.truncate': event({
    ...itemId,
    content_index: shape.number(0, 100, { integer: true }),
    audio_end_ms: shape.number(0, 10_000_000, { integer: true }),
  }),
  'conversation.item.delete': event(itemId),
  'response.create': event({ response: shape.optional(response) }),
  'response.cancel': event({ response_id: shape.optional(shape.string({ min: 1 })) }),
};
