// @ts-check
import * as shape from '../provider/shape.mjs';

/** How the provider behaves, until it is told otherwise. */
export const USUAL = {
  /** Before the answer to an SDP offer. */
  delayMs: 0,
  /** Refuses to open calls: `{ status, code, message?, type? }`. */
  refuse: /** @type {null | { status: number, code: string | null, message?: string, type?: string }} */ (null),
  /** So many times more, a sideband of a running call gets 404. */
  sidebandRefusals: 0,
  /** Closes each sideband so long after it was attached. */
  dropSidebandAfterMs: /** @type {number | null} */ (null),
  /** Whether a late sideband is greeted with session.created too. What the providers do is not documented. */
  sidebandGreets: false,
  transcriptionDelayMs: 150,
  transcriptionFails: false,
  /** Between response.create and the first output. */
  thinkingMs: 60,
  /** How much faster than it is played the reply is made. */
  generationSpeed: 2,
  /** Longest life of a session that is opened from now on. */
  lifetimeSeconds: 3600,
  /** GPT-Live tells of its use so often. */
  usageSeconds: 60,
  /** How long a call may take to connect. */
  connectSeconds: 30,
  /** false: the answer names no address that works. */
  udp: true,
  /** The answer is good, and then nobody comes. */
  neverJoins: false,
  /** Responses begin, and nothing follows. */
  silent: false,
  /** Responses end at once as failed. */
  responseFails: false,
  /** A session.updated that nobody asked for, when the first sideband is there and the channel is open. */
  wrongSession: false,
};

/** @typedef {typeof USUAL} Behavior */

const milliseconds = shape.optional(shape.number(0, 600_000));
const flag = shape.optional(shape.boolean);

export const checkBehavior = shape.object({
  delayMs: milliseconds,
  refuse: shape.nullable(
    shape.object({
      status: shape.number(400, 599, { integer: true }),
      code: shape.nullable(shape.string()),
      message: shape.optional(shape.string()),
      type: shape.optional(shape.string()),
    }),
  ),
  sidebandRefusals: shape.optional(shape.number(0, 1000, { integer: true })),
  dropSidebandAfterMs: shape.nullable(shape.number(0, 600_000)),
  sidebandGreets: flag,
  transcriptionDelayMs: milliseconds,
  transcriptionFails: flag,
  thinkingMs: milliseconds,
  generationSpeed: shape.optional(shape.number(0.5, 100)),
  lifetimeSeconds: shape.optional(shape.number(0.1, 7200)),
  usageSeconds: shape.optional(shape.number(0.1, 3600)),
  connectSeconds: shape.optional(shape.number(0.1, 600)),
  udp: flag,
  neverJoins: flag,
  silent: flag,
  responseFails: flag,
  wrongSession: flag,
});
