// @ts-check

/** @typedef {import('./call.mjs').Call} Call */

const KEPT = 1000;

/** All calls since the last reset, including ended ones. */
export class Calls {
  #calls = /** @type {Map<string, Call>} */ (new Map());

  /** @param {Call} call */
  add(call) {
    this.#calls.set(call.id, call);
    const [oldest] = this.#calls.values();
    if (this.#calls.size > KEPT && oldest.ended) this.#calls.delete(oldest.id);
  }

  /** @param {string} id */
  find(id) {
    return this.#calls.get(id);
  }

  /** Finds a running call of an account. @param {string} id @param {string | null} account */
  findRunning(id, account) {
    const call = this.#calls.get(id);
    return call && call.account === account && !call.ended ? call : undefined;
  }

  /** @param {string | null} account null: all accounts */
  list(account) {
    return [...this.#calls.values()].filter((call) => account === null || call.account === account);
  }

  /** @param {string | null} account null: all accounts */
  async reset(account) {
    const calls = this.list(account);
    await Promise.all(calls.map((call) => call.end('reset')));
    for (const call of calls) this.#calls.delete(call.id);
  }
}
