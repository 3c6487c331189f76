import { accountsWithUnconfirmedSettings } from '../../db/accounts-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Settings that the account's workflow has not confirmed. */
export const tellSettings: Repair = async ({ db, accountWorkflows }, round) =>
  round.each(await accountsWithUnconfirmedSettings(db), (account) =>
    accountWorkflows.settingsChanged(account),
  );
