// @ts-check
import * as shape from '../provider/shape.mjs';

/** The provider's behavior until a test changes it. */
export const DEFAULTS = {
  /** Delay before the answer to an SDP offer. */
  delayMs: 0,
  /** Refuses to open calls: `{ status, code, message?, type? }`. */
  refuse: /** @type {null | { status: number, code: string | null, message?: string, type?: string }} */ (null),
  /** How many more times the sideband of a running call gets 404. */
  sidebandRefusals: 0,
  /** Closes each sideband this long after it was attached. */
  dropSidebandAfterMs: /** @type {number | null} */ (null),
  /** Whether a late sideband also gets session.created. The providers do not document it. */
  sidebandGreets: false,
  transcriptionDelayMs: 150,
  transcriptionFails: false,
  /** Delay between response.create and the first output. */
  thinkingMs: 60,
  /** Replies are generated this much faster than they are played. */
  generationSpeed: 2,
  /** The lifetime of sessions opened from now on. */
  lifetimeSeconds: 3600,
  /** How often GPT-Live reports usage. */
  usageSeconds: 60,
  /** A call that takes longer to connect ends. */
  connectSeconds: 30,
  /** false: the answer contains only unreachable addresses. */
  udp: true,
  /** The answer is valid, but the provider never connects. */
  neverJoins: false,
  /** Responses start, but produce nothing. */
  silent: false,
  /** Responses fail at once. */
  responseFails: false,
  /** Sends an unrequested session.updated once the channel is open and the first sideband is attached. */
  wrongSession: false,
};

/** @typedef {typeof DEFAULTS} Behavior */

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
