import type { Pool } from 'pg';
import type { TransactionsPage } from '../../providers/provider.ts';
import { COLUMN_NAMES, rowOf } from './columns.ts';

const UPSERT = `
  insert into transactions (account_id, sync_run_id, ${COLUMN_NAMES.join(', ')})
  values ($1, $2, ${COLUMN_NAMES.map((_, index) => `$${index + 3}`).join(', ')})
  on conflict (account_id, provider_transaction_id) do update set
    ${COLUMN_NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}`;

/** As most do it: a statement for each row, a transaction for each page. */
export async function upsertRowByRow(
  pool: Pool,
  ids: { readonly accountId: string; readonly syncRunId: string },
  pages: readonly TransactionsPage[],
): Promise<void> {
  for (const { upserts } of pages) {
    const client = await pool.connect();
    try {
      await client.query('begin');
      for (const transaction of upserts) {
        const values = Object.values(rowOf(transaction));
        await client.query(UPSERT, [ids.accountId, ids.syncRunId, ...values]);
      }
      await client.query('commit');
    } finally {
      client.release();
    }
  }
}
