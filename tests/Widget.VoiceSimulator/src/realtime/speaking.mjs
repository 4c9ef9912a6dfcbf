// @ts-check
import { speak } from '../audio/espeak.mjs';
import { SAMPLE_RATE } from '../audio/pcm.mjs';
import { shorten } from '../audio/speaker.mjs';
import { SPOKEN_TOKEN_MS } from './usage.mjs';

/** @typedef {import('./response.mjs').Response} Response */

/**
 * The speech of a response that is playing or queued.
 * @typedef {{ response: Response, item: import('./conversation.mjs').Item, text: string, lengthMs: number }} Speech
 */

/**
 * Speaks a reply. It is generated faster than it is played, so response.done comes before the end of playback.
 * @param {Response} response
 * @param {string} text
 * @param {(speech: Speech, playback: import('../audio/speaker.mjs').Playback) => void} played called when playback is queued
 */
export async function sayAloud(response, text, played) {
  const { call } = response;
  const whole = await speak(text, nameOf(response.voice), call.session.audio.output.speed);
  if (!response.isRunning || call.ended) return;
  const allowedMs = response.maxTokens === 'inf' ? Infinity : response.maxTokens * SPOKEN_TOKEN_MS;
  const wholeMs = Math.round((whole.length / SAMPLE_RATE) * 1000);
  const lengthMs = Math.min(wholeMs, allowedMs);
  const samples = whole.subarray(0, Math.floor((lengthMs * SAMPLE_RATE) / 1000));

  const item = response.addItem({ type: 'message', role: 'assistant', content: [] });
  const part = { type: 'output_audio', transcript: '' };
  const where = { item_id: item.id, output_index: 0, content_index: 0 };
  item.content?.push(part);
  call.conversation.setSound(item.id, lengthMs);
  response.send('response.content_part.added', { ...where, part: { type: 'audio', transcript: '' } });

  const speech = { response, item, text, lengthMs };
  const playback = call.peer.speaker.play(samples, {
    started: () => response.send('output_audio_buffer.started', {}),
    ended: () => {
      response.send('output_audio_buffer.stopped', {});
      call.listening.waitForVisitor();
    },
  });
  played(speech, playback);

  let madeMs = 0;
  /** @param {'completed' | 'incomplete'} status */
  const close = (status) => {
    response.made.spokenMs = madeMs;
    // After an interruption this is longer than what was heard. The item has what was heard.
    const transcript = response.made.text;
    response.send('response.output_audio.done', where);
    response.send('response.output_audio_transcript.done', { ...where, transcript });
    response.send('response.content_part.done', { ...where, part: { type: 'audio', transcript } });
    response.finishItem(item, item.status === 'incomplete' ? 'incomplete' : status);
  };
  response.abandon = () => {
    shorten(playback, madeMs);
    close('incomplete');
  };

  const speed = call.behavior.generationSpeed;
  const words = text.match(/\S+\s*/g) ?? [];
  let before = 0;
  for (const word of words) {
    const fromMs = (before / text.length) * wholeMs;
    before += word.length;
    const toMs = (before / text.length) * wholeMs;
    if (fromMs >= lengthMs) break;
    call.later(fromMs / speed, () => {
      if (!response.isRunning) return;
      madeMs = Math.min(toMs, lengthMs);
      response.made.text += word;
      // A client may have truncated the item. Then its transcript stays.
      if (item.status === 'in_progress') part.transcript = response.made.text;
      response.send('response.output_audio_transcript.delta', { ...where, delta: word });
    });
  }
  call.later(lengthMs / speed + 1, () => {
    if (!response.isRunning) return;
    madeMs = lengthMs;
    response.abandon = null;
    const cut = lengthMs < wholeMs;
    close(cut ? 'incomplete' : 'completed');
    if (cut) response.end('incomplete', { reason: 'max_output_tokens' });
    else response.end('completed');
  });
}

/** Replies in text. @param {Response} response @param {string} text */
export function write(response, text) {
  const item = response.addItem({ type: 'message', role: 'assistant', content: [] });
  const where = { item_id: item.id, output_index: 0, content_index: 0 };
  response.send('response.content_part.added', { ...where, part: { type: 'text', text: '' } });
  for (const delta of text.match(/\S+\s*/g) ?? []) response.send('response.output_text.delta', { ...where, delta });
  item.content?.push({ type: 'output_text', text });
  response.made.text = text;
  response.send('response.output_text.done', { ...where, text });
  response.send('response.content_part.done', { ...where, part: { type: 'text', text } });
  response.finishItem(item, 'completed');
  response.end('completed');
}

/** @param {string | { id: string }} voice */
const nameOf = (voice) => (typeof voice === 'string' ? voice : voice.id);
