import { connectionsToCheck } from '../../db/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Once a day each connection is looked at for accounts that have appeared at the bank. */
export const checkAccounts: Repair = async ({ db, connectionWorkflows }, round) => {
  let started = 0;
  await round.each(await connectionsToCheck(db), async (connection) => {
    if (await connectionWorkflows.start('check', connection)) started += 1;
  });
  return started;
};
