import { failSyncRun } from '../db/fail-sync-run.ts';
import type { SyncFailure } from './contract.ts';
import type { ActivityDeps } from './deps.ts';
import { tellSiblings } from './tell-siblings.ts';

/**
 * Records that a sync was given up. Where it tells of the consent, and so of every account of the
 * connection, the others hear of it at once.
 */
export async function recordSyncFailure(deps: ActivityDeps, failure: SyncFailure): Promise<void> {
  const connectionId = await failSyncRun(deps.db, failure);
  deps.logger.warn({ ...failure, outcome: 'failed' }, 'sync finished');
  if (connectionId !== null) await tellSiblings(deps, connectionId, failure.accountId);
}
