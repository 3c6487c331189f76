import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { recordEvent } from '../events/record-event.ts';

/**
 * Notes, once, that the connection of an account is linked in full: every account of it that is not
 * paused has been scanned for all that it keeps. Two accounts that end at the same moment come one after
 * the other, and the later one sees both.
 */
export async function noteLinked(db: Database, accountId: string): Promise<void> {
  const connection = await db
    .selectFrom('accounts')
    .innerJoin('connections', 'connections.id', 'accounts.connection_id')
    .where('accounts.id', '=', accountId)
    .where('connections.linked_at', 'is', null)
    .select('connections.id')
    .executeTakeFirst();
  if (!connection) return;
  await db.transaction().execute(async (trx) => {
    const { id } = connection;
    const open = await trx
      .selectFrom('connections')
      .where('id', '=', id)
      .where('linked_at', 'is', null)
      .where('status', 'in', ['linking', 'active'])
      .select('id')
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!open) return;
    const { rows } = await sql<{ accounts: number; scanned: number; waiting: number }>`
      select count(*)::int as accounts, count(*) filter (where is_scanned)::int as scanned,
        count(*) filter (where not is_scanned and not is_paused)::int as waiting
      from (
        select paused or status = 'paused' as is_paused,
          ('balance' <> all(products) or balance_synced_at is not null)
            and ('transaction' <> all(products) or transactions_synced_at is not null) as is_scanned
        from accounts where connection_id = ${id} and unlinked_at is null
      ) linked`.execute(trx);
    const { accounts, scanned, waiting } = rows[0] ?? { accounts: 0, scanned: 0, waiting: 0 };
    if (waiting > 0 || scanned === 0) return;
    await trx
      .updateTable('connections')
      .set({ linked_at: sql<Date>`now()` })
      .where('id', '=', id)
      .execute();
    const data = { accounts, scanned };
    await recordEvent(trx, { type: 'connection.linked', connectionId: id, data });
  });
}
