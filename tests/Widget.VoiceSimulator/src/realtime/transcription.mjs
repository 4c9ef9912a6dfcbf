// @ts-check

/** @typedef {import('./call.mjs').RealtimeCall} RealtimeCall */

const TYPE = 'conversation.item.input_audio_transcription';

/**
 * Transcribes an utterance if the session asks for it. Like a separate model, it takes some time and runs independently of responses.
 * @param {RealtimeCall} call
 * @param {import('./conversation.mjs').Item} item
 * @param {string} words
 * @param {number} ms length of the sound
 */
export function transcribe(call, item, words, ms) {
  const settings = call.session.audio.input.transcription;
  if (!settings) return;
  call.later(call.behavior.transcriptionDelayMs, () => {
    const where = { item_id: item.id, content_index: 0 };
    if (call.behavior.transcriptionFails) {
      const error = {
        type: 'transcription_error',
        code: 'audio_unintelligible',
        message: 'The audio could not be transcribed.',
        param: null,
      };
      return call.send({ type: `${TYPE}.failed`, ...where, error });
    }
    for (const delta of words.match(/\S+\s*/g) ?? []) call.send({ type: `${TYPE}.delta`, ...where, delta });
    const part = item.content?.[0];
    if (part) part.transcript = words;
    call.send({ type: `${TYPE}.completed`, ...where, transcript: words, usage: usage(settings.model, words, ms) });
  });
}

/** whisper-1 is billed by duration, newer models by tokens. @param {string} model @param {string} words @param {number} ms */
function usage(model, words, ms) {
  if (model === 'whisper-1') return { type: 'duration', seconds: Math.ceil(ms / 1000) };
  const [input, output] = [Math.ceil(ms / 100), Math.ceil(words.length / 4)];
  return {
    type: 'tokens',
    total_tokens: input + output,
    input_tokens: input,
    input_token_details: { text_tokens: 0, audio_tokens: input },
    output_tokens: output,
  };
}
