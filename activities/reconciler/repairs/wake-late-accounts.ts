import { lateAccounts } from '../../../db/accounts/accounts-to-reconcile.ts';
import { nudge } from './nudge.ts';
import type { Repair } from './repair.ts';

/**
 * Accounts that should have synced by now. Their workflow may be missing, and is started then; one that
 * runs is told its settings, at which it writes down what it has planned.
 */
export const wakeLateAccounts: Repair = async ({ db, accountWorkflows }, round) =>
  nudge(db, round, await lateAccounts(db), (account) => accountWorkflows.settingsChanged(account));
