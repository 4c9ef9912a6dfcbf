// @ts-check
import { ProviderError } from './errors.mjs';

/**
 * Opens a call, or refuses it if the behavior says so.
 * @param {import('./world.mjs').World} world
 * @param {string} offer
 * @param {string | null} account
 * @param {(scenario: () => import('../control/scenarios.mjs').Scenario) => import('./call.mjs').Call} create throws if the configuration is invalid
 * @returns {Promise<string>} the SDP answer
 */
export async function openCall(world, offer, account, create) {
  const scenario = () => world.scenarios.of(account);
  const { delayMs, refuse } = scenario().behavior;
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (refuse) {
    throw new ProviderError(
      refuse.status,
      refuse.code,
      refuse.message ?? 'The request was refused.',
      null,
      refuse.type ?? 'server_error',
    );
  }
  if (account !== null) world.accounts.checkQuota(account);
  const call = create(scenario);
  try {
    const answer = await call.answer(offer);
    world.calls.add(call);
    return answer;
  } catch (error) {
    await call.end('never_connected');
    throw error;
  }
}
