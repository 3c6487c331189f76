import { sql } from 'kysely';
import type { Database } from './connect.ts';

/**
 * Marks a connection and its accounts as unlinked and forgets the credentials, in one transaction.
 * Their data stays. Answers with the accounts' ids, so that their workflows can be told.
 */
export async function unlinkConnection(db: Database, connectionId: string): Promise<string[]> {
  return await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('connections')
      .set({
        status: 'unlinked',
        status_changed_at: sql<Date>`now()`,
        unlinked_at: sql<Date>`now()`,
        credentials: null,
      })
      .where('id', '=', connectionId)
      .where('unlinked_at', 'is', null)
      .execute();
    const accounts = await trx
      .updateTable('accounts')
      .set({
        status: 'unlinked',
        pause_reason: null,
        status_changed_at: sql<Date>`now()`,
        unlinked_at: sql<Date>`now()`,
        next_sync_at: null,
        settings_version: sql`settings_version + 1`,
      })
      .where('connection_id', '=', connectionId)
      .where('unlinked_at', 'is', null)
      .returning('id')
      .execute();
    return accounts.map(({ id }) => id);
  });
}
