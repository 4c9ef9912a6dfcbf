// @ts-check
import * as shape from '../provider/shape.mjs';

/** The transcript of an utterance without a script. Without a model, words cannot be recognized. */
export const UNSCRIPTED = '(simulated) Hello, can you hear me?';

/** The reply if there is no other. */
export const GENERIC = 'This is a simulated voice. It can hear you, but it does not understand words.';

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

/** The transcripts of the visitor's utterances, the function calls and the replies, each used once and in order. */
export class Script {
  /** @param {{ utterances?: string[], replies?: string[], calls?: (ScriptedCall | ScriptedCall[])[] }} [script] */
  constructor({ utterances = [], replies = [], calls = [] } = {}) {
    this.utterances = [...utterances];
    this.replies = [...replies];
    /** Each entry has the calls of one response. */
    this.calls = calls.map((entry) => [entry].flat());
  }

  /** The transcript of the utterance that was just heard. */
  nextUtterance() {
    return this.utterances.shift() ?? UNSCRIPTED;
  }

  nextReply() {
    return this.replies.shift() ?? null;
  }

  /** The next calls, if the session offers all of them. Otherwise they wait. @param {string[]} offered */
  nextCalls(offered) {
    const next = this.calls[0];
    return next?.every((entry) => offered.includes(entry.name))
      ? /** @type {ScriptedCall[]} */ (this.calls.shift())
      : null;
  }
}
