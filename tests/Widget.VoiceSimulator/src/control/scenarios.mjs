// @ts-check
import { USUAL } from './behavior.mjs';
import { Script } from './script.mjs';

/** What was scripted for one account, or for all that have nothing of their own. */
export class Scenario {
  /** @param {Script} script */
  constructor(script) {
    this.script = script;
  }

  /** @type {import('./behavior.mjs').Behavior} */
  behavior = { ...USUAL };
}

/** Tests that run at the same time use accounts of their own, by key; `?account=` of the control API names one. */
export class Scenarios {
  #everyone;
  #own = /** @type {Map<string, Scenario>} */ (new Map());

  /** @param {() => Script} unscripted what happens until something is scripted for everyone */
  constructor(unscripted) {
    this.unscripted = unscripted;
    this.#everyone = new Scenario(unscripted());
  }

  /** @param {string | null} account */
  of(account) {
    return (account !== null && this.#own.get(account)) || this.#everyone;
  }

  /** The one to change. @param {string | null} account */
  set(account) {
    if (account === null) return this.#everyone;
    const own = this.#own.get(account) ?? new Scenario(new Script());
    this.#own.set(account, own);
    return own;
  }

  /** @param {string | null} account null: all of them */
  reset(account) {
    if (account !== null) return void this.#own.delete(account);
    this.#own.clear();
    this.#everyone = new Scenario(this.unscripted());
  }
}
