// @ts-check

const POLL_MS = 200;
const KEPT = 40;

/**
 * Measures how much recent sound has arrived. On a lossy link or a busy machine the receiver conceals late packets, in the end with
 * silence. That silence does not mean that the visitor has stopped.
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

  /** The share of recent sound that is concealed, 0 to 1. @param {number} ms */
  async missing(ms) {
    const now = await this.#read();
    if (!now) return 0;
    const since = this.#polls.findLast((poll) => poll.received <= now.received - ms * 48) ?? this.#polls[0];
    return since && now.received > since.received
      ? (now.concealed - since.concealed) / (now.received - since.received)
      : 0;
  }
}
