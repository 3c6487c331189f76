import { Client } from 'pg';

export interface TableCounts {
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/**
 * What was ever done to `transactions`, in a database to which nobody else is connected: a
 * connection hands in its counts at the latest when it ends.
 */
export async function countTransactions(url: string): Promise<TableCounts> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<TableCounts>(`
      select (select count(*)::int from transactions) as rows, n_tup_ins::int as inserted,
        n_tup_upd::int as updated, n_tup_del::int as deleted
      from pg_stat_user_tables where relname = 'transactions'`);
    if (!rows[0]) throw new Error('there are no statistics of transactions');
    return rows[0];
  } finally {
    await client.end();
  }
}
