import { connectionsToCheck } from '../../../db/connections/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/**
 * Once a day each connection is looked at for accounts that have appeared at the bank; sooner where
 * something about it may have changed.
 */
export const checkAccounts: Repair = async ({ db, providers, connectionWorkflows }, round) => {
  const telling = providers.names.filter((name) => providers.get(name)?.capabilities.tellsConsent);
  return await round.each(await connectionsToCheck(db, telling), (connection) =>
    connectionWorkflows.start('check', connection),
  );
};
