// @ts-check

/** Text has about four characters per token. OpenAI counts a token per 100 ms of input sound and per 50 ms of output sound. */
const textTokens = (/** @type {string} */ text) => Math.ceil(text.length / 4);
export const heardTokens = (/** @type {number} */ ms) => Math.ceil(ms / 100);
export const spokenTokens = (/** @type {number} */ ms) => Math.ceil(ms / 50);
export const SPOKEN_TOKEN_MS = 50;

/**
 * The usage of a response. Its input is the whole conversation; text that was already read comes from the cache.
 * @param {import('./call.mjs').RealtimeCall} call
 * @param {{ text: string, spokenMs: number }} output
 */
export function usageOf(call, output) {
  const { conversation, session } = call;
  let text = textTokens(session.instructions) + textTokens(JSON.stringify(session.tools));
  let audio = 0;
  for (const item of conversation.items) {
    const ms = conversation.soundOf(item.id);
    if (item.role === 'user') audio += heardTokens(ms);
    else audio += spokenTokens(ms);
    text += textTokens(
      [item.arguments, item.output, ...(item.content ?? []).map((part) => part.text)].filter(Boolean).join(' '),
    );
  }
  const cached = Math.min(call.tokensRead, text);
  call.tokensRead = text;
  const spoken = spokenTokens(output.spokenMs);
  const written = textTokens(output.text);
  return {
    total_tokens: text + audio + spoken + written,
    input_tokens: text + audio,
    output_tokens: spoken + written,
    input_token_details: {
      text_tokens: text,
      audio_tokens: audio,
      image_tokens: 0,
      cached_tokens: cached,
      cached_tokens_details: { text_tokens: cached, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: written, audio_tokens: spoken },
  };
}
