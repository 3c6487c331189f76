import type { Repair } from './repair.ts';

/**
 * Within an hour of rounds every account is looked at, also one that waits for nothing, and one that has
 * not followed its consent for long.
 */
export const startMissingWorkflows: Repair = async ({ accountWorkflows }, round) =>
  round.each(await round.accounts(), async (account) => {
    if (await accountWorkflows.start(account)) return true;
    if (account.confirmed_consent_version < account.consent_version) {
      await accountWorkflows.connectionChanged(account);
    }
    return false;
  });
