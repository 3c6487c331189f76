import { accountsWithUnconfirmedConsent } from '../../../db/accounts/accounts-to-reconcile.ts';
import { nudge } from './nudge.ts';
import type { Repair } from './repair.ts';

/** What was learnt of a consent that the account's workflow has not confirmed. */
export const tellConsents: Repair = async ({ db, accountWorkflows }, round) =>
  nudge(db, round, await accountsWithUnconfirmedConsent(db), (account) =>
    accountWorkflows.connectionChanged(account),
  );
