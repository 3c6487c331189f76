import type { Database } from '../../../db/connect.ts';
import { eventually } from '../../support/eventually.ts';

/** Waits until all connections and accounts are. */
export async function untilAllActive(db: Database): Promise<void> {
  for (const table of ['connections', 'accounts'] as const) {
    await eventually(
      async () => {
        const rows = await db.selectFrom(table).select('status').execute();
        return rows.every(({ status }) => status === 'active');
      },
      { timeoutMs: 60_000, describe: `all of the ${table} to be active` },
    );
  }
}
