import { connectionsToCheck } from '../../../db/connections/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Once a day each connection is looked at for accounts that have appeared at the bank. */
export const checkAccounts: Repair = async ({ db, connectionWorkflows }, round) =>
  round.each(await connectionsToCheck(db), (connection) =>
    connectionWorkflows.start('check', connection),
  );
