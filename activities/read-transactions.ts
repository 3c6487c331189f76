import type { Database } from '../db/connect.ts';
import type { Removal } from '../db/remove-transactions.ts';
import { stageTransactions } from '../db/stage-transactions.ts';
import type {
  TransactionsEnd,
  TransactionsPage,
  TransactionsQuery,
} from '../providers/provider.ts';

export interface TransactionsRead {
  readonly scope: TransactionsQuery['scope'];
  readonly end: TransactionsEnd;
  readonly staged: number;
  readonly removals: readonly Removal[];
}

/** Reads to the end, setting each page aside as it comes. */
export async function readTransactions(
  db: Database,
  stage: { readonly stageId: string; readonly accountId: string },
  query: TransactionsQuery,
  pages: AsyncGenerator<TransactionsPage, TransactionsEnd, void>,
): Promise<TransactionsRead> {
  let staged = 0;
  const removed: string[] = [];
  for (;;) {
    const next = await pages.next();
    if (next.done) {
      const { dataAsOf } = next.value;
      const removals = removed.map((id) => ({ providerTransactionId: id, removedAt: dataAsOf }));
      return { scope: query.scope, end: next.value, staged, removals };
    }
    await stageTransactions(db, stage, next.value.upserts);
    staged += next.value.upserts.length;
    removed.push(...next.value.removed);
  }
}
