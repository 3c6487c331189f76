import type { Product } from '../../config/product.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { SyncAnswer, SyncInput } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { toFailure } from '../fail.ts';
import { logFailedAttempt } from '../log-failed-attempt.ts';
import { runSync, type Sync } from './run-sync.ts';
import { syncBalance } from './sync-balance.ts';
import { syncTransactions } from './sync-transactions.ts';

/**
 * Syncs both products side by side, once. Each commits for itself; one that fails is told in the
 * answer, so that the workflow can repeat it alone.
 */
export async function syncAccount(
  deps: ActivityDeps,
  inputs: Readonly<Record<Product, SyncInput>>,
  context: CallContext,
): Promise<Record<Product, SyncAnswer>> {
  async function answerOf(product: Product, run: Sync): Promise<SyncAnswer> {
    try {
      const result = await runSync(deps, product, inputs[product], context, run);
      return { outcome: 'succeeded', ...result };
    } catch (error) {
      const failure = toFailure(error);
      const { accountId } = inputs[product];
      logFailedAttempt(deps.logger, { accountId, product }, failure, error);
      return {
        outcome: 'failed',
        kind: failure.type ?? 'internal',
        code: failure.message,
        retryable: !failure.nonRetryable,
        retryAfterMs: waitOf(failure),
      };
    }
  }

  const [balance, transaction] = await Promise.all([
    answerOf('balance', syncBalance),
    answerOf('transaction', syncTransactions),
  ]);
  // A cancelled attempt has no answer.
  context.signal.throwIfAborted();
  return { balance, transaction };
}

function waitOf(failure: ReturnType<typeof toFailure>): number | null {
  const [, retryAfterMs] = failure.details ?? [];
  if (typeof retryAfterMs === 'number') return retryAfterMs;
  return typeof failure.nextRetryDelay === 'number' ? failure.nextRetryDelay : null;
}
