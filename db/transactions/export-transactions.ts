import type { Database } from '../connect.ts';
import {
  listTransactions,
  type TransactionFilter,
  type TransactionRow,
} from './list-transactions.ts';

const ROWS_AT_A_TIME = 1_000;

/**
 * All of an account's transactions that match, oldest first, some at a time: of one moment, however
 * long the reading takes and whatever is written meanwhile.
 */
export async function* exportTransactions(
  db: Database,
  filter: TransactionFilter,
): AsyncGenerator<TransactionRow[], void> {
  const snapshot = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  try {
    let after: { transactedAt: string; id: string } | null = null;
    for (;;) {
      const rows: TransactionRow[] = await listTransactions(snapshot, filter, {
        limit: ROWS_AT_A_TIME,
        order: 'oldest first',
        after,
      });
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_AT_A_TIME) return;
      after = { transactedAt: last.position, id: last.id };
    }
  } finally {
    await snapshot.rollback().execute();
  }
}
