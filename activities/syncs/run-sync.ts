import type { Product } from '../../config/product.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { SyncInput, SyncResult } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { toFailure } from '../fail.ts';
import type { SyncDone } from './sync-done.ts';

export type Sync = (
  deps: ActivityDeps,
  input: SyncInput,
  context: CallContext,
) => Promise<SyncDone>;

/** Runs a sync, logs and counts how it went, and answers with the counts that a workflow may know. */
export async function runSync(
  deps: ActivityDeps,
  product: Product,
  input: SyncInput,
  context: CallContext,
  run: Sync,
): Promise<SyncResult> {
  const started = performance.now();
  const { accountId, syncRunId, triggers } = input;
  const ended = (outcome: string): number => {
    const ms = Math.round(performance.now() - started);
    deps.metrics.syncEnded(product, outcome, ms / 1_000);
    return ms;
  };
  const {
    counts,
    more,
    preparing = false,
  } = await run(deps, input, context).catch((error: unknown) => {
    ended(context.signal.aborted ? 'cancelled' : (toFailure(error).type ?? 'internal'));
    throw error;
  });
  const durationMs = ended('succeeded');
  deps.logger.info(
    { accountId, syncRunId, product, triggers, ...counts, outcome: 'succeeded', durationMs },
    'sync finished',
  );
  const { added, changed, removed } = counts;
  return { added, changed, removed, more, ...(preparing ? { preparing } : {}) };
}
