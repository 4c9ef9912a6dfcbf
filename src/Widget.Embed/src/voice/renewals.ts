/** How often a call goes on in a new connection without asking: a provider that ends each one at once must not be called for ever. */
export type Cause =
  /** The provider's limit was reached. */
  | 'continued'
  /** The line was lost. */
  | 'lost';

const most: Record<Cause, number> = { continued: 2, lost: 1 };
const within = 60_000;

export class Renewals {
  readonly #times: Record<Cause, number[]> = { continued: [], lost: [] };

  /** Whether one more is all right, and counts it. Times are in milliseconds. */
  allow(cause: Cause, now: number): boolean {
    const recent = this.#times[cause].filter((time) => now - time < within);
    if (recent.length >= most[cause]) return false;
    this.#times[cause] = [...recent, now];
    return true;
  }
}
