// @ts-check
import { Scenarios } from '../control/scenarios.mjs';
import { Catalog } from '../realtime/catalog.mjs';
import { ClientSecrets } from '../realtime/client-secrets.mjs';
import { Accounts } from './accounts.mjs';
import { Calls } from './calls.mjs';

/** All that the simulated providers know. */
export class World {
  accounts = new Accounts();
  calls = new Calls();
  catalog = new Catalog();
  scenarios = new Scenarios();
  secrets = new ClientSecrets();

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
