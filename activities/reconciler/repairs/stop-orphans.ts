import { accountsToStop } from '../../../db/accounts/accounts-to-reconcile.ts';
import { stopAccount } from '../../connections/stop-account.ts';
import { nudge } from './nudge.ts';
import type { Repair } from './repair.ts';

/**
 * Unlinked accounts that may have a workflow, whatever it does. It is told to end, round after round until
 * there is none.
 */
export const stopOrphans: Repair = async ({ db, accountWorkflows }, round) =>
  nudge(db, round, await accountsToStop(db), ({ id }) => stopAccount(db, accountWorkflows, id));
