// @ts-check
import * as shape from '../provider/shape.mjs';
import { TRANSCRIPTION_MODELS, VOICES } from './catalog.mjs';

const format = shape.variant('type', {
  'audio/pcm': shape.object({ type: shape.string(), rate: shape.optional(shape.oneOf([24000])) }),
  'audio/pcmu': shape.object({ type: shape.string() }),
  'audio/pcma': shape.object({ type: shape.string() }),
});

const turnDetection = shape.variant('type', {
  server_vad: shape.object({
    type: shape.string(),
    threshold: shape.optional(shape.number(0, 1)),
    prefix_padding_ms: shape.optional(shape.number(0, 5000, { integer: true })),
    silence_duration_ms: shape.optional(shape.number(0, 10_000, { integer: true })),
    idle_timeout_ms: shape.nullable(shape.number(5000, 30_000, { integer: true })),
    create_response: shape.optional(shape.boolean),
    interrupt_response: shape.optional(shape.boolean),
  }),
  semantic_vad: shape.object({
    type: shape.string(),
    eagerness: shape.optional(shape.oneOf(['low', 'medium', 'high', 'auto'])),
    create_response: shape.optional(shape.boolean),
    interrupt_response: shape.optional(shape.boolean),
  }),
});

/** @param {readonly string[] | null} models null: any */
const transcription = (models) =>
  shape.object({
    model: models ? shape.oneOf(models) : shape.string({ min: 1 }),
    language: shape.optional(shape.string({ min: 2, max: 10 })),
    languages: shape.optional(shape.array(shape.string({ min: 2, max: 10 }))),
    keywords: shape.optional(shape.array(shape.string({ min: 1 }))),
    prompt: shape.optional(shape.string()),
    delay: shape.optional(shape.oneOf(['minimal', 'low', 'medium', 'high', 'xhigh'])),
  });

const voice = (/** @type {readonly string[] | null} */ names) =>
  shape.either((value) => {
    if (shape.isObject(value)) return shape.object({ id: shape.string({ min: 1 }) });
    return names ? shape.oneOf(names) : shape.string({ min: 1 });
  });

export const tool = shape.variant('type', {
  function: shape.object({
    type: shape.string(),
    name: shape.string({ min: 1, max: 64 }),
    description: shape.optional(shape.string()),
    parameters: shape.optional(shape.anyObject),
  }),
  mcp: shape.anyObject,
});

export const toolChoice = shape.either((value) =>
  shape.isObject(value)
    ? shape.variant('type', {
        function: shape.object({ type: shape.string(), name: shape.string({ min: 1 }) }),
        mcp: shape.anyObject,
      })
    : shape.oneOf(['none', 'auto', 'required']),
);

export const maxOutputTokens = shape.either((value) =>
  typeof value === 'number' ? shape.number(1, 4096, { integer: true }) : shape.oneOf(['inf']),
);

/** Exactly one of the two. */
export const modalities = shape.array(shape.oneOf(['audio', 'text']), { min: 1, max: 1 });

const truncation = shape.either((value) =>
  shape.isObject(value)
    ? shape.object({
        type: shape.oneOf(['retention_ratio']),
        retention_ratio: shape.number(0, 1),
        token_limits: shape.optional(
          shape.object({ post_instructions: shape.optional(shape.number(0, 128_000, { integer: true })) }),
        ),
      })
    : shape.oneOf(['auto', 'disabled']),
);

/**
 * The shape of a session's configuration.
 * @param {{ ownNames: boolean }} options ownNames: models and voices have arbitrary names, as on a self-hosted server
 */
export function sessionShape({ ownNames }) {
  return shape.object({
    type: shape.oneOf(['realtime']),
    model: shape.optional(shape.string({ min: 1 })),
    output_modalities: shape.optional(modalities),
    instructions: shape.optional(shape.string()),
    audio: shape.optional(
      shape.object({
        input: shape.optional(
          shape.object({
            format: shape.optional(format),
            noise_reduction: shape.nullable(shape.object({ type: shape.oneOf(['near_field', 'far_field']) })),
            transcription: shape.nullable(transcription(ownNames ? null : TRANSCRIPTION_MODELS)),
            turn_detection: shape.nullable(turnDetection),
          }),
        ),
        output: shape.optional(
          shape.object({
            format: shape.optional(format),
            voice: shape.optional(voice(ownNames ? null : VOICES)),
            speed: shape.optional(shape.number(0.25, 1.5)),
          }),
        ),
      }),
    ),
    tools: shape.optional(shape.array(tool, { max: 128 })),
    tool_choice: shape.optional(toolChoice),
    parallel_tool_calls: shape.optional(shape.boolean),
    max_output_tokens: shape.optional(maxOutputTokens),
    reasoning: shape.nullable(
      shape.object({ effort: shape.optional(shape.oneOf(['minimal', 'low', 'medium', 'high', 'xhigh'])) }),
    ),
    truncation: shape.optional(truncation),
    tracing: shape.nullable(shape.either((value) => (shape.isObject(value) ? shape.anyObject : shape.oneOf(['auto'])))),
    include: shape.nullable(shape.array(shape.oneOf(['item.input_audio_transcription.logprobs']))),
    prompt: shape.nullable(shape.anyObject),
  });
}
