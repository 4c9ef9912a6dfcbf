// @ts-check
import { invalid } from '../provider/errors.mjs';
import { newId } from '../provider/ids.mjs';
import { sessionShape } from './session-shape.mjs';

const TURNS = {
  server_vad: {
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 500,
    idle_timeout_ms: null,
    create_response: true,
    interrupt_response: true,
  },
  semantic_vad: { eagerness: 'auto', create_response: true, interrupt_response: true },
};

/** @param {string} model @param {number} expiresAt */
const defaults = (model, expiresAt) => ({
  type: 'realtime',
  object: 'realtime.session',
  id: newId('sess'),
  model,
  output_modalities: ['audio'],
  instructions: 'You are a helpful assistant.',
  tools: /** @type {any[]} */ ([]),
  tool_choice: /** @type {any} */ ('auto'),
  max_output_tokens: /** @type {number | 'inf'} */ ('inf'),
  tracing: null,
  truncation: 'auto',
  prompt: null,
  expires_at: expiresAt,
  include: null,
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24000 },
      transcription: /** @type {any} */ (null),
      noise_reduction: null,
      turn_detection: /** @type {any} */ ({ type: 'server_vad', ...TURNS.server_vad }),
    },
    output: { format: { type: 'audio/pcm', rate: 24000 }, voice: /** @type {any} */ ('alloy'), speed: 1 },
  },
});

/**
 * The effective configuration of a session.
 * @typedef {ReturnType<typeof defaults>} Session
 */

/**
 * @param {any} asked the configuration as received
 * @param {{ isModel: (name: string) => boolean, ownNames: boolean, expiresAt: number }} provider
 * @returns {Session}
 */
export function openSession(asked, { isModel, ownNames, expiresAt }) {
  sessionShape({ ownNames })(asked, 'session');
  if (asked.model === undefined)
    throw invalid('missing_required_parameter', "Missing required parameter: 'session.model'.", 'session.model');
  if (!isModel(asked.model)) {
    throw invalid(
      'model_not_found',
      `The model \`${asked.model}\` does not exist or you do not have access to it.`,
      'session.model',
    );
  }
  return merge(defaults(asked.model, expiresAt), asked);
}

/**
 * Applies a session.update. Fields that are left out stay. The model cannot change, and the voice not after the first sound.
 * @param {Session} session
 * @param {any} asked
 * @param {{ ownNames: boolean, hasSpoken: boolean }} state
 * @returns {Session}
 */
export function updateSession(session, asked, { ownNames, hasSpoken }) {
  sessionShape({ ownNames })(asked, 'session');
  if (asked.model !== undefined && asked.model !== session.model) {
    throw invalid('invalid_value', 'The model of a session cannot be changed.', 'session.model');
  }
  const voice = asked.audio?.output?.voice;
  if (hasSpoken && voice !== undefined && JSON.stringify(voice) !== JSON.stringify(session.audio.output.voice)) {
    throw invalid(
      'cannot_update_voice',
      "Cannot update a conversation's voice if assistant audio is present.",
      'session.audio.output.voice',
    );
  }
  return merge(session, asked);
}

/** @param {Session} session @param {any} asked @returns {Session} */
function merge(session, asked) {
  const { audio, ...rest } = asked;
  const input = { ...session.audio.input, ...audio?.input };
  if (audio?.input?.turn_detection) {
    const turns = audio.input.turn_detection;
    input.turn_detection = { ...TURNS[/** @type {keyof typeof TURNS} */ (turns.type)], ...turns };
  }
  return { ...session, ...rest, audio: { input, output: { ...session.audio.output, ...audio?.output } } };
}

/**
 * How the end of the visitor's turns is detected. The provider's semantic detector waits up to 8, 4 or 2 s depending on the words. Here
 * shorter waits take its place.
 * @param {Session} session
 * @returns {{ threshold: number, silenceMs: number, paddingMs: number } | null} null: push-to-talk
 */
export function turnTaking(session) {
  const turns = session.audio.input.turn_detection;
  if (!turns) return null;
  if (turns.type === 'server_vad') {
    return { threshold: turns.threshold, silenceMs: turns.silence_duration_ms, paddingMs: turns.prefix_padding_ms };
  }
  const silenceMs = { low: 1200, medium: 700, auto: 700, high: 400 }[/** @type {'low'} */ (turns.eagerness)];
  return { threshold: 0.5, silenceMs, paddingMs: 300 };
}
