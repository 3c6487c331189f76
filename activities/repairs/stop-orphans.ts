import { accountsToStop } from '../../db/accounts-to-reconcile.ts';
import { confirmStopped } from '../../db/confirm-stopped.ts';
import type { Repair } from './repair.ts';

/** Unlinked accounts whose workflow has not been told to end. */
export const stopOrphans: Repair = async ({ db, accountWorkflows }, round) =>
  round.each(await accountsToStop(db), async ({ id }) => {
    await accountWorkflows.unlinked(id);
    await confirmStopped(db, id);
  });
