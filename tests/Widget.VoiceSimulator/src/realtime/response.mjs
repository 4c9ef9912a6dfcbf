// @ts-check
import { newId } from '../provider/ids.mjs';
import { snapshot } from './conversation.mjs';
import { usageOf } from './usage.mjs';

/** @typedef {'completed' | 'cancelled' | 'incomplete' | 'failed'} Ending */

/** One response of the model: its items, its events and its end. */
export class Response {
  id = newId('resp');
  status = /** @type {'in_progress' | Ending} */ ('in_progress');
  output = /** @type {import('./conversation.mjs').Item[]} */ ([]);
  /** The output so far, for the usage. */
  made = { text: '', spokenMs: 0 };
  /** Closes unfinished items if the response ends early. */
  abandon = /** @type {(() => void) | null} */ (null);

  /** @param {import('./call.mjs').RealtimeCall} call @param {any} asked */
  constructor(call, asked) {
    this.call = call;
    this.asked = asked;
    /** Out of band: its items are not added to the conversation. */
    this.apart = asked.conversation === 'none';
    this.modality = (asked.output_modalities ?? call.session.output_modalities)[0];
    this.maxTokens = asked.max_output_tokens ?? call.session.max_output_tokens;
    this.voice = asked.audio?.output?.voice ?? call.session.audio.output.voice;
  }

  get isRunning() {
    return this.status === 'in_progress';
  }

  /** @param {string} type @param {object} fields */
  send(type, fields) {
    this.call.send({ type, response_id: this.id, ...fields });
  }

  begin() {
    this.call.send({ type: 'response.created', response: this.#describe() });
    const limits = [
      { name: 'requests', limit: 5000, remaining: 4999, reset_seconds: 0.012 },
      { name: 'tokens', limit: 400_000, remaining: 395_000, reset_seconds: 0.75 },
    ];
    this.call.send({ type: 'rate_limits.updated', rate_limits: limits });
  }

  /** @param {Omit<import('./conversation.mjs').Item, 'id' | 'object'>} fields */
  addItem(fields) {
    /** @type {import('./conversation.mjs').Item} */
    const item = { id: newId('item'), object: 'realtime.item', status: 'in_progress', ...fields };
    this.output.push(item);
    this.send('response.output_item.added', { output_index: this.output.length - 1, item: snapshot(item) });
    if (!this.apart) this.call.conversation.add(item);
    return item;
  }

  /** @param {import('./conversation.mjs').Item} item @param {'completed' | 'incomplete'} status */
  finishItem(item, status) {
    item.status = status;
    if (!this.apart) this.call.conversation.done(item);
    this.send('response.output_item.done', { output_index: this.output.indexOf(item), item: snapshot(item) });
  }

  /** @param {Ending} status @param {object} [details] why it is not complete */
  end(status, details) {
    if (!this.isRunning) return;
    this.abandon?.();
    this.abandon = null;
    this.status = status;
    const usage = usageOf(this.call, this.made);
    this.call.send({
      type: 'response.done',
      response: { ...this.#describe(), status_details: details ? { type: status, ...details } : null, usage },
    });
  }

  #describe() {
    return {
      object: 'realtime.response',
      id: this.id,
      status: this.status,
      status_details: null,
      output: this.output.map(snapshot),
      conversation_id: this.apart ? null : this.call.conversation.id,
      output_modalities: [this.modality],
      max_output_tokens: this.maxTokens,
      audio: { output: { format: this.call.session.audio.output.format, voice: this.voice } },
      usage: null,
      metadata: this.asked.metadata ?? null,
    };
  }
}
