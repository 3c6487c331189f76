import { accountsOfRound } from '../../db/accounts-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Within an hour of rounds every account is looked at, also one that waits for nothing. */
export const startMissingWorkflows: Repair = async ({ db, accountWorkflows }, round) => {
  let started = 0;
  await round.each(await accountsOfRound(db, round.number), async (account) => {
    if (await accountWorkflows.start(account)) started += 1;
  });
  return started;
};
