import { accountsWithUnconfirmedSettings } from '../../../db/accounts/accounts-to-reconcile.ts';
import { nudge } from './nudge.ts';
import type { Repair } from './repair.ts';

/** Settings that the account's workflow has not confirmed. */
export const tellSettings: Repair = async ({ db, accountWorkflows }, round) =>
  nudge(db, round, await accountsWithUnconfirmedSettings(db), (account) =>
    accountWorkflows.settingsChanged(account),
  );
