// @ts-check
import * as shape from '../provider/shape.mjs';

/** What is said to have been heard when nothing is scripted: words cannot be recognised without a model. */
export const UNSCRIPTED = '(simulated) Hello, can you hear me?';

/** What is said when there is nothing to say. */
export const GENERIC = 'This is a simulated voice. It hears that you speak, but it does not understand words.';

/** @typedef {{ name: string, arguments: Record<string, any> | string }} ScriptedCall */

const call = shape.object({
  name: shape.string({ min: 1 }),
  arguments: shape.either((value) => (typeof value === 'string' ? shape.string() : shape.anyObject)),
});

export const checkScript = shape.object({
  utterances: shape.optional(shape.array(shape.string())),
  replies: shape.optional(shape.array(shape.string({ min: 1 }))),
  calls: shape.optional(
    shape.array(shape.either((value) => (Array.isArray(value) ? shape.array(call, { min: 1 }) : call))),
  ),
});

/**
 * What the visitor's utterances will be taken for, which functions are called and what is replied, each once and in order.
 */
export class Script {
  /** @param {{ utterances?: string[], replies?: string[], calls?: (ScriptedCall | ScriptedCall[])[] }} [script] */
  constructor({ utterances = [], replies = [], calls = [] } = {}) {
    this.utterances = [...utterances];
    this.replies = [...replies];
    /** Calls of one response stand together. */
    this.calls = calls.map((entry) => [entry].flat());
  }

  /** The words of an utterance that was heard. */
  nextUtterance() {
    return this.utterances.shift() ?? UNSCRIPTED;
  }

  nextReply() {
    return this.replies.shift() ?? null;
  }

  /** The next calls, if all of them are offered; otherwise they wait. @param {string[]} offered */
  nextCalls(offered) {
    const next = this.calls[0];
    return next?.every((entry) => offered.includes(entry.name))
      ? /** @type {ScriptedCall[]} */ (this.calls.shift())
      : null;
  }
}
