import type { Pool } from 'pg';
import type { ProviderTransaction, TransactionsPage } from '../../providers/provider.ts';
import { COLUMN_NAMES, COLUMNS, rowOf } from './columns.ts';

const ROWS_PER_STATEMENT = 5_000;

/** `raw` goes as text within the JSON, and is JSON again in its column. */
const INSERT = `
  insert into transactions (account_id, sync_run_id, ${COLUMN_NAMES.join(', ')})
  select $1, $2, ${COLUMN_NAMES.map((name) => (name === 'raw' ? 'raw::json' : name)).join(', ')}
  from jsonb_to_recordset($3::jsonb) as page(${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${name === 'raw' ? 'text' : type}`)
    .join(', ')})`;

/** The least there is to do: insert the rows, in one transaction, and look at nothing. */
export async function insertBare(
  pool: Pool,
  ids: { readonly accountId: string; readonly syncRunId: string },
  pages: readonly TransactionsPage[],
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    for (const batch of batchesOf(pages)) {
      const rows = JSON.stringify(batch.map(rowOf));
      await client.query(INSERT, [ids.accountId, ids.syncRunId, rows]);
    }
    await client.query('commit');
  } finally {
    client.release();
  }
}

function* batchesOf(pages: readonly TransactionsPage[]): Generator<ProviderTransaction[]> {
  let batch: ProviderTransaction[] = [];
  for (const { upserts } of pages) {
    batch.push(...upserts);
    if (batch.length < ROWS_PER_STATEMENT) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
