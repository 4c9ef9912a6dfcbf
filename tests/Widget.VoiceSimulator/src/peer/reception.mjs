// @ts-check

const POLL_MS = 200;
const KEPT = 40;

/**
 * How much of the sound of late has arrived at all. On a bad link, or a machine that is too busy, the receiver makes up
 * for packets that are late, with silence in the end; nobody has fallen silent then.
 */
export class Reception {
  #polls = /** @type {{ received: number, concealed: number }[]} */ ([]);
  #timer = /** @type {NodeJS.Timeout | undefined} */ (undefined);

  /** @param {RTCPeerConnection} connection */
  constructor(connection) {
    this.connection = connection;
  }

  start() {
    this.#timer = setInterval(() => void this.#poll(), POLL_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #poll() {
    const poll = await this.#read();
    if (poll) this.#polls.push(poll);
    if (this.#polls.length > KEPT) this.#polls.shift();
  }

  async #read() {
    const reports = await this.connection.getStats().catch(() => null);
    for (const report of reports?.values() ?? []) {
      if (report.type === 'inbound-rtp')
        return { received: Number(report.totalSamplesReceived), concealed: Number(report.concealedSamples) };
    }
    return null;
  }

  /** Which share of the last sound is made up, 0 to 1. @param {number} ms */
  async missing(ms) {
    const now = await this.#read();
    if (!now) return 0;
    const since = this.#polls.findLast((poll) => poll.received <= now.received - ms * 48) ?? this.#polls[0];
    return since && now.received > since.received
      ? (now.concealed - since.concealed) / (now.received - since.received)
      : 0;
  }
}
