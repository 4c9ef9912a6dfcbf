// @ts-check
import { DEFAULTS } from './behavior.mjs';
import { Script } from './script.mjs';

/** The script and behavior of one account, or of all accounts without their own. */
export class Scenario {
  /** @param {Script} script */
  constructor(script) {
    this.script = script;
  }

  /** @type {import('./behavior.mjs').Behavior} */
  behavior = { ...DEFAULTS };
}

/** The scenarios by account. Parallel tests use one account each, named by `?account=` of the control API. */
export class Scenarios {
  #everyone;
  #own = /** @type {Map<string, Scenario>} */ (new Map());

  /** @param {() => Script} unscripted makes the script for accounts without their own */
  constructor(unscripted) {
    this.unscripted = unscripted;
    this.#everyone = new Scenario(unscripted());
  }

  /** @param {string | null} account */
  of(account) {
    return (account !== null && this.#own.get(account)) || this.#everyone;
  }

  /** The scenario to change. @param {string | null} account */
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
