import { failSyncRun } from '../../db/syncs/fail-sync-run.ts';
import type { ConsentFound, SyncFailure } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { tellSiblings } from '../consents/tell-siblings.ts';

/**
 * Records that a sync was given up. Where it changes how the consent stands, and so every account of the
 * connection, the others hear of it at once.
 */
export async function recordSyncFailure(
  deps: ActivityDeps,
  failure: SyncFailure,
): Promise<ConsentFound | null> {
  const { consent, changedConnection } = await failSyncRun(deps.db, failure);
  const { consentVersion: _, ...told } = failure;
  deps.logger.warn({ ...told, outcome: 'failed' }, 'sync finished');
  if (changedConnection) await tellSiblings(deps, changedConnection, failure.accountId);
  return consent;
}
