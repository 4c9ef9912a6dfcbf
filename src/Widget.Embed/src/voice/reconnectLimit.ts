/** Limits automatic reconnects, so that a provider that ends every connection at once is not called forever. */
export type ReconnectCause =
  /** The connection reached the provider's time limit. */
  | 'continued'
  /** The connection broke. */
  | 'lost';

const limits: Record<ReconnectCause, number> = { continued: 2, lost: 1 };
const period = 60_000;

export class ReconnectLimit {
  readonly #times: Record<ReconnectCause, number[]> = { continued: [], lost: [] };

  /** Whether another reconnect is allowed; if so, counts it. `now` is in milliseconds. */
  allow(cause: ReconnectCause, now: number): boolean {
    const recent = this.#times[cause].filter((time) => now - time < period);
    if (recent.length >= limits[cause]) return false;
    this.#times[cause] = [...recent, now];
    return true;
  }
}
