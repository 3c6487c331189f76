import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** The accounts were asked for in vain: they are asked for again with the next round of checks. */
export async function putOffDiscovery(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ accounts_checked_at: sql<Date>`now()` })
    .where('id', '=', connectionId)
    .where('status', 'not in', ['unlinking', 'unlinked'])
    .execute();
}
