import { failSyncRun } from '../db/fail-sync-run.ts';
import { recordAccountState } from '../db/record-account-state.ts';
import type { CallContext } from '../providers/provider.ts';
import { applyConnectionWebhooks } from './apply-connection-webhooks.ts';
import { attempt } from './attempt.ts';
import type { Activities, SyncInput, SyncResult } from './contract.ts';
import type { ActivityDeps } from './deps.ts';
import { reconcile } from './reconcile.ts';
import { syncBalance } from './sync-balance.ts';
import type { SyncDone } from './sync-done.ts';
import { syncTransactions } from './sync-transactions.ts';

type Sync = (deps: ActivityDeps, input: SyncInput, context: CallContext) => Promise<SyncDone>;

/** Every activity, ready to be given to a worker. */
export function createActivities(deps: ActivityDeps): Activities {
  const { db, logger } = deps;

  async function sync(product: string, input: SyncInput, run: Sync): Promise<SyncResult> {
    const started = performance.now();
    const { accountId, syncRunId, triggers } = input;
    const fields = { accountId, syncRunId, product, triggers };
    const { counts, more } = await attempt(logger, fields, (context) => run(deps, input, context));
    const durationMs = Math.round(performance.now() - started);
    logger.info({ ...fields, ...counts, outcome: 'succeeded', durationMs }, 'sync finished');
    const { added, changed, removed } = counts;
    return { added, changed, removed, more };
  }

  return {
    syncBalance: (input) => sync('balance', input, syncBalance),
    syncTransactions: (input) => sync('transaction', input, syncTransactions),
    applyConnectionWebhooks: ({ accountId }) =>
      attempt(logger, { accountId }, () => applyConnectionWebhooks(deps, accountId)),
    recordAccountState: (record) =>
      attempt(logger, { accountId: record.accountId }, () => recordAccountState(db, record)),
    recordSyncFailure: (failure) =>
      attempt(logger, { accountId: failure.accountId }, async () => {
        await failSyncRun(db, failure);
        logger.warn({ ...failure, outcome: 'failed' }, 'sync finished');
      }),
    reconcile: () => attempt(logger, {}, (context) => reconcile(deps, context)),
  };
}
