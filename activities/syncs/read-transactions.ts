import type { Database } from '../../db/connect.ts';
import type { Removal } from '../../db/transactions/remove-transactions.ts';
import { checkTransactions } from './check-transactions.ts';
import { stageInBatches } from './stage-in-batches.ts';
import type {
  RejectedItem,
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../../providers/provider.ts';

export interface TransactionsRead {
  readonly scope: TransactionsQuery['scope'];
  readonly end: TransactionsEnd;
  readonly staged: number;
  readonly removals: readonly Removal[];
  readonly rejected: readonly RejectedItem[];
}

/** Reads to the end, setting the pages aside as they come. Of what they say of one id the last counts. */
export async function readTransactions(
  db: Database,
  stage: { readonly stageId: string; readonly accountId: string },
  query: TransactionsQuery,
  pages: AsyncGenerator<TransactionsPage, TransactionsEnd, void>,
): Promise<TransactionsRead> {
  const staging = stageInBatches(db, stage);
  const removed = new Set<string>();
  const rejected: RejectedItem[] = [];
  try {
    for (;;) {
      const next = await pages.next();
      if (next.done) {
        const staged = await staging.finish();
        const { dataAsOf } = next.value;
        const removals = [...removed].map((id) => ({
          providerTransactionId: id,
          removedAt: dataAsOf,
        }));
        return { scope: query.scope, end: next.value, staged, removals, rejected };
      }
      const checked = checkTransactions(next.value.upserts);
      await staging.add(checked.sound);
      rejected.push(...checked.rejected, ...next.value.rejected);
      if (removed.size > 0) {
        for (const one of checked.sound) removed.delete(one.providerTransactionId);
      }
      if (next.value.removed.length > 0) {
        await staging.takeOut(next.value.removed);
        for (const id of next.value.removed) removed.add(id);
      }
    }
  } finally {
    // A statement that outlived this attempt could write after the next one has cleared the stage.
    await staging.settle();
  }
}
