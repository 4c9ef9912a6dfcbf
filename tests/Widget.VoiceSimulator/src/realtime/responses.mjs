// @ts-check
import { invalid } from '../provider/errors.mjs';
import { callFunctions } from './function-calls.mjs';
import { plan } from './plan.mjs';
import { Response } from './response.mjs';
import { sayAloud, write } from './speaking.mjs';

/** @typedef {import('./speaking.mjs').Speech} Speech */

/** The responses of a call, one at a time in the conversation, their playback and their interruption. */
export class Responses {
  #active = /** @type {Response | null} */ (null);
  #speeches = /** @type {Map<import('../audio/speaker.mjs').Playback, Speech>} */ (new Map());
  hasSpoken = false;

  /** @param {import('./call.mjs').RealtimeCall} call */
  constructor(call) {
    this.call = call;
  }

  get isActive() {
    return this.#active?.isRunning === true;
  }

  /** The client requests a response. @param {any} [asked] */
  create(asked = {}) {
    const response = new Response(this.call, asked);
    if (this.isActive && !(response.apart && response.modality === 'text')) {
      const text = `Conversation already has an active response in progress: ${this.#active?.id}. Wait until the response is finished before creating a new one.`;
      throw invalid('conversation_already_has_active_response', text);
    }
    if (!response.apart || response.modality === 'audio') this.#active = response;
    response.begin();
    if (this.call.behavior.silent) return;
    this.call.later(this.call.behavior.thinkingMs, () => void this.#generate(response));
  }

  /** The visitor's turn has ended, and the session responds automatically. */
  createForTurn() {
    if (!this.isActive) this.create();
  }

  /** @param {Response} response */
  async #generate(response) {
    if (!response.isRunning) return;
    if (this.call.behavior.responseFails) {
      const error = {
        type: 'server_error',
        code: 'server_error',
        message: 'The server had an error while processing your request.',
      };
      return response.end('failed', { error });
    }
    const next = plan(this.call, response.asked);
    if ('calls' in next) return callFunctions(response, next.calls);
    if (response.modality === 'text') return write(response, next.text);
    try {
      await sayAloud(response, next.text, (speech, playback) => {
        this.hasSpoken = true;
        this.#speeches.set(playback, speech);
      });
    } catch (error) {
      console.error(error);
      const message = error instanceof Error ? error.message : String(error);
      response.end('failed', { error: { type: 'server_error', code: 'voice_unavailable', message } });
    }
  }

  /** The client cancels a response. What has been generated is still played. @param {string | undefined} responseId */
  cancel(responseId) {
    const active = this.#active;
    if (!active?.isRunning || (responseId !== undefined && responseId !== active.id)) {
      throw invalid('response_cancel_not_active', 'Cancellation failed: no active response found');
    }
    active.end('cancelled', { reason: 'client_cancelled' });
  }

  /** The visitor speaks: stops playback, truncates what was not heard, and cancels the response. */
  interrupt() {
    this.#cutOff();
    if (this.isActive) this.#active?.end('cancelled', { reason: 'turn_detected' });
  }

  /** The client stops playback. If the response is still being generated, it is cancelled, too. */
  clearOutput() {
    const speaking = this.#cutOff();
    const active = this.#active;
    if (active && speaking.includes(active)) active.end('cancelled', { reason: 'client_cancelled' });
  }

  /** @returns {Response[]} the responses that were cut off */
  #cutOff() {
    const cut = [];
    for (const { playback, ms } of this.call.peer.speaker.cut()) {
      const speech = this.#speeches.get(playback);
      if (!speech) continue;
      const { response, item, text, lengthMs } = speech;
      cut.push(response);
      if (this.call.conversation.has(item.id)) {
        this.call.conversation.truncate(
          item.id,
          0,
          Math.min(ms, this.call.conversation.soundOf(item.id)),
          text,
          lengthMs,
        );
      }
      response.send('output_audio_buffer.cleared', {});
    }
    this.#speeches.clear();
    return cut;
  }
}
