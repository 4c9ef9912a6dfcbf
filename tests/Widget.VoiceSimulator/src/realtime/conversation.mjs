// @ts-check
import { invalid } from '../provider/errors.mjs';
import { newId } from '../provider/ids.mjs';

/**
 * @typedef {{ id: string, object: 'realtime.item', type: string, status?: string, role?: string, content?: any[], call_id?: string, name?: string, arguments?: string, output?: string }} Item
 */

/** The items of a conversation in order, and the length of their sound. */
export class Conversation {
  id = newId('conv');
  #items = /** @type {Item[]} */ ([]);
  /** The length of each item's sound, in ms. */
  #sound = /** @type {Map<string, number>} */ (new Map());

  /** @param {(event: any) => void} send */
  constructor(send) {
    this.send = send;
  }

  get items() {
    return this.#items;
  }

  get last() {
    return this.#items.at(-1);
  }

  /** @param {string} id */
  has(id) {
    return this.#items.some((item) => item.id === id);
  }

  /** @param {string} id @param {string} param */
  find(id, param) {
    const item = this.#items.find((candidate) => candidate.id === id);
    if (!item) throw invalid('item_not_found', `Item with item_id '${id}' was not found.`, param);
    return item;
  }

  /**
   * Adds an item at the end or after another one.
   * @param {Item} item
   * @param {string | null} [after] an id, or `root` for the beginning
   */
  add(item, after) {
    let at = this.#items.length;
    if (after === 'root') at = 0;
    else if (after) at = this.#items.indexOf(this.find(after, 'previous_item_id')) + 1;
    this.#items.splice(at, 0, item);
    this.send({ type: 'conversation.item.added', previous_item_id: this.previous(item), item: snapshot(item) });
  }

  /** @param {Item} item */
  done(item) {
    if (this.has(item.id))
      this.send({ type: 'conversation.item.done', previous_item_id: this.previous(item), item: snapshot(item) });
  }

  /** The id of the previous item. @param {Item} item */
  previous(item) {
    return this.#items[this.#items.indexOf(item) - 1]?.id ?? null;
  }

  /** Creates an item for a client. @param {any} asked already validated @param {string | null} [after] */
  create(asked, after) {
    if (asked.id !== undefined && this.has(asked.id)) {
      throw invalid(
        'item_create_duplicate_id',
        `Error adding item: the conversation already has an item with ID '${asked.id}'.`,
        'item.id',
      );
    }
    if (asked.type === 'function_call_output') {
      const call = this.#items.find((item) => item.type === 'function_call' && item.call_id === asked.call_id);
      if (!call)
        throw invalid(
          'invalid_tool_call_id',
          `Tool call ID '${asked.call_id}' not found in conversation.`,
          'item.call_id',
        );
    }
    const item = {
      id: newId('item'),
      object: /** @type {const} */ ('realtime.item'),
      status: 'completed',
      ...structuredClone(asked),
    };
    if (item.type === 'function_call') item.call_id ??= newId('call');
    for (const part of item.content ?? []) if (part.type === 'input_audio') delete part.audio;
    this.add(item, after);
    this.done(item);
  }

  /** @param {string} id */
  retrieve(id) {
    this.send({ type: 'conversation.item.retrieved', item: snapshot(this.find(id, 'item_id')) });
  }

  /** @param {string} id */
  remove(id) {
    this.#items.splice(this.#items.indexOf(this.find(id, 'item_id')), 1);
    this.send({ type: 'conversation.item.deleted', item_id: id });
  }

  /** @param {string} id @param {number} ms */
  setSound(id, ms) {
    this.#sound.set(id, ms);
  }

  /** @param {string} id */
  soundOf(id) {
    return this.#sound.get(id) ?? 0;
  }

  /**
   * Removes the part of an assistant's item that was not heard, from its sound and its transcript.
   * @param {string} id @param {number} contentIndex @param {number} endMs
   * @param {string} [text] the whole text, if it is still being generated @param {number} [textMs] the length of its sound
   */
  truncate(id, contentIndex, endMs, text, textMs) {
    const item = this.find(id, 'item_id');
    const length = this.#sound.get(id);
    const part = item.content?.[contentIndex];
    if (item.role !== 'assistant' || length === undefined || part?.type !== 'output_audio') {
      throw invalid('invalid_value', 'Only model output audio messages can be truncated.', 'item_id');
    }
    if (endMs > length)
      throw invalid(
        'invalid_value',
        `Audio content of ${length}ms is already shorter than ${endMs}ms.`,
        'audio_end_ms',
      );
    part.transcript = wordsUntil(text ?? part.transcript, length === 0 ? 0 : endMs / (textMs ?? length));
    item.status = 'incomplete';
    this.#sound.set(id, endMs);
    this.send({ type: 'conversation.item.truncated', item_id: id, content_index: contentIndex, audio_end_ms: endMs });
  }
}

/** The words that were spoken completely. @param {string} text @param {number} share the spoken share, 0 to 1 */
export function wordsUntil(text, share) {
  const heard = text.slice(0, Math.floor(text.length * share));
  if (heard.length === text.length) return text;
  return /\s/.test(text[heard.length] ?? '')
    ? heard
    : heard.slice(0, heard.search(/\s\S*$/) < 0 ? 0 : heard.search(/\s\S*$/));
}

/** A copy, so that a sent event does not change later. @param {Item} item @returns {Item} */
export const snapshot = (item) => structuredClone(item);
