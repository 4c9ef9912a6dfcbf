// @ts-check
import { USUAL } from './behavior.mjs';
import { Script } from './script.mjs';

/** What was scripted for one account, or for all that have nothing of their own. */
export class Scenario {
  script = new Script();
  /** @type {import('./behavior.mjs').Behavior} */
  behavior = { ...USUAL };
}

/** Tests that run at the same time use accounts of their own, by key; `?account=` of the control API names one. */
export class Scenarios {
  #everyone = new Scenario();
  #own = /** @type {Map<string, Scenario>} */ (new Map());

  /** @param {string | null} account */
  of(account) {
    return (account !== null && this.#own.get(account)) || this.#everyone;
  }

  /** The one to change. @param {string | null} account */
  set(account) {
    if (account === null) return this.#everyone;
    const own = this.#own.get(account) ?? new Scenario();
    this.#own.set(account, own);
    return own;
  }

  /** @param {string | null} account null: all of them */
  reset(account) {
    if (account !== null) return void this.#own.delete(account);
    this.#own.clear();
    this.#everyone = new Scenario();
  }
}
