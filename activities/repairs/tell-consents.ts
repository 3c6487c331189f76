import { accountsUnlikeTheirConsent } from '../../db/accounts-to-reconcile.ts';
import { nudge } from './nudge.ts';
import type { Repair } from './repair.ts';

/** Accounts that do not follow how their connection's consent stands. */
export const tellConsents: Repair = async ({ db, accountWorkflows }, round) =>
  nudge(db, round, await accountsUnlikeTheirConsent(db), (account) =>
    accountWorkflows.connectionChanged(account),
  );
