import { Pool } from 'pg';
import { connectDatabase } from '../../db/connect.ts';
import { newId } from '../../db/connections/link-connection.ts';
import type { TransactionsPage } from '../../providers/provider.ts';
import type { BenchDatabases } from '../support/bench-databases.ts';
import { measure, type Measured } from '../support/measure.ts';
import { insertBare } from './bare-insert.ts';
import { syncFully } from './full-path.ts';
import { linkAccount } from './link-account.ts';
import { upsertRowByRow } from './row-by-row.ts';
import { countTransactions, type TableCounts } from './table-counts.ts';

export interface FullPathRound {
  readonly first: Measured;
  readonly again: Measured;
  readonly countsAfterFirst: TableCounts;
  readonly countsAfterAgain: TableCounts;
}

/** Our own path twice, into an empty database: the second time nothing has changed. */
export async function runFullPath(
  databases: BenchDatabases,
  pages: readonly TransactionsPage[],
): Promise<FullPathRound> {
  const name = 'bench_full_path';
  const url = await databases.create(name);
  const linking = connectDatabase({ url });
  const account = await linkAccount(linking);
  await linking.destroy();

  const sync = async (): Promise<Measured> => {
    const db = connectDatabase({ url });
    try {
      return await measure(() => syncFully(db, account, pages));
    } finally {
      await db.destroy();
    }
  };
  const first = await sync();
  const countsAfterFirst = await countTransactions(url);
  await databases.settle(name);
  const again = await sync();
  const countsAfterAgain = await countTransactions(url);
  await databases.drop(name);
  return { first, again, countsAfterFirst, countsAfterAgain };
}

const OTHERS = { bare: insertBare, rowByRow: upsertRowByRow };

/** One of the others into an empty database, the same table with the same indexes. */
export async function runOther(
  path: keyof typeof OTHERS,
  databases: BenchDatabases,
  pages: readonly TransactionsPage[],
): Promise<Measured> {
  const name = 'bench_other';
  const url = await databases.create(name);
  const db = connectDatabase({ url });
  const accountId = (await linkAccount(db)).id;
  const syncRunId = await newId(db);
  await db.destroy();
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => undefined);
  const measured = await measure(() => OTHERS[path](pool, { accountId, syncRunId }, pages));
  await pool.end();
  const { rows } = await countTransactions(url);
  const wanted = pages.reduce((sum, page) => sum + page.upserts.length, 0);
  if (rows !== wanted) throw new Error(`${path} left ${rows} of ${wanted} rows`);
  await databases.drop(name);
  return measured;
}
