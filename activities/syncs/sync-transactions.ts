import { beginSyncRun } from '../../db/syncs/begin-sync-run.ts';
import { commitTransactions } from '../../db/transactions/commit-transactions.ts';
import { findCursor } from '../../db/syncs/find-cursor.ts';
import { openStage } from '../../db/transactions/stage-transactions.ts';
import type { CallContext } from '../../providers/provider.ts';
import { committedBefore } from './committed-before.ts';
import type { SyncInput } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import type { PendingEffect } from './pending-effects.ts';
import { lastReceived, openWork } from './open-work.ts';
import { metered } from './metered.ts';
import { planReads, type ReadPlan } from './plan-reads.ts';
import { readTransactions, type TransactionsRead } from './read-transactions.ts';
import type { SyncDone } from './sync-done.ts';
import { wantsRefresh } from './triggers.ts';

const NO_READS: ReadPlan = { scope: 'webhook', queries: [] };

/**
 * Brings an account's transactions up to date: everything at the first time and, where the provider
 * has no cursor, once a day, else
 * what is new since the cursor, or only what webhooks pointed to. Pages are staged as they come,
 * and all of it is committed at once.
 */
export async function syncTransactions(
  deps: ActivityDeps,
  input: SyncInput,
  context: CallContext,
): Promise<SyncDone> {
  const { accountId, syncRunId, triggers, nextSyncAt } = input;
  const { opened, work } = await openWork(deps, input, 'transaction');
  if (!work) return await committedBefore(deps.db, syncRunId);
  const { provider, ref } = opened;
  const { webhooks, effects, more } = work;

  const cursor = await findCursor(deps.db, accountId, 'transaction');
  const plan = input.mayCall
    ? planReads({
        triggers,
        full: input.full,
        cursor,
        effects,
        kind: provider.capabilities.transactions,
      })
    : NO_READS;
  const run = { id: syncRunId, accountId, triggers, product: 'transaction' } as const;
  const earlier = await beginSyncRun(deps.db, { ...run, scope: plan.scope });
  if (earlier) return { counts: earlier, more };

  const stage = { stageId: await openStage(deps.db, accountId), accountId };
  const refresh = wantsRefresh(provider, 'transaction', triggers);
  const reads: TransactionsRead[] = [];
  for (const [index, query] of plan.queries.entries()) {
    const pages = provider.fetchTransactions(
      ref,
      query,
      { refresh: refresh && index === 0 },
      metered(deps, opened, input, context),
    );
    reads.push(await readTransactions(deps.db, stage, query, pages));
  }

  const whole = reads.find(({ end }) => end.cursor !== null);
  const preparing = reads.some(({ end }) => end.preparing === true);
  const counts = await commitTransactions(deps.db, {
    ...stage,
    syncRunId,
    nextSyncAt,
    staged: reads.reduce((sum, read) => sum + read.staged, 0),
    rejected: reads.flatMap((read) => read.rejected),
    removals: [...toldRemovals(effects), ...reads.flatMap((read) => read.removals)],
    complete: whole?.end.complete ?? null,
    ...times(effects, reads, whole),
    cursor: whole ? { value: whole.end.cursor, full: whole.scope === 'full' } : null,
    webhookIds: webhooks.map(({ id }) => id),
    toldAt: plan.queries.length === 0 ? lastReceived(webhooks) : null,
    preparing,
  });
  return { counts, more, preparing };
}

function toldRemovals(effects: readonly PendingEffect[]) {
  return effects.flatMap((effect) =>
    effect.kind === 'transactions_removed'
      ? effect.providerTransactionIds.map((providerTransactionId) => ({
          providerTransactionId,
          removedAt: effect.occurredAt ?? effect.receivedAt,
        }))
      : [],
  );
}

function times(
  effects: readonly PendingEffect[],
  reads: readonly TransactionsRead[],
  whole: TransactionsRead | undefined,
) {
  const read = reads.map(({ end }) => end.dataAsOf).sort();
  const told = effects.map(({ occurredAt, receivedAt }) => occurredAt ?? receivedAt);
  return {
    readAsOf: whole?.end.dataAsOf ?? read[0] ?? null,
    dataAsOf: [...read, ...told].sort().at(-1) ?? new Date().toISOString(),
  };
}
