// @ts-check
import { DemoScript } from '../control/demo.mjs';
import { Scenarios } from '../control/scenarios.mjs';
import { Script } from '../control/script.mjs';
import { Catalog } from '../realtime/catalog.mjs';
import { ClientSecrets } from '../realtime/client-secrets.mjs';
import { Accounts } from './accounts.mjs';
import { Calls } from './calls.mjs';

/** The state of the simulated providers. */
export class World {
  accounts = new Accounts();
  calls = new Calls();
  catalog = new Catalog();
  secrets = new ClientSecrets();

  /** @param {{ demo: boolean }} options demo: for people who try the product without scripts */
  constructor({ demo }) {
    this.scenarios = new Scenarios(() => (demo ? new DemoScript() : new Script()));
  }

  /** @param {string | null} account null: everything */
  async reset(account) {
    await this.calls.reset(account);
    this.scenarios.reset(account);
    if (account !== null) return;
    this.accounts.set({});
    this.catalog.reset();
    this.secrets = new ClientSecrets();
  }
}
