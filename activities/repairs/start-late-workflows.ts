import { lateAccounts } from '../../db/accounts-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Accounts that should have synced by now: their workflow may be missing, and is started then. */
export const startLateWorkflows: Repair = async ({ db, accountWorkflows }, round) => {
  let started = 0;
  await round.each(await lateAccounts(db), async (account) => {
    if (await accountWorkflows.start(account)) started += 1;
  });
  return started;
};
