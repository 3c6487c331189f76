import { sql } from 'kysely';
import type { Database } from './connect.ts';

/**
 * Whether the accounts of a connection that can be read have never been found. Then it is `linking` from
 * here on.
 */
export async function accountsAreUnknown(db: Database, connectionId: string): Promise<boolean> {
  const unknown = await db
    .updateTable('connections')
    .set({
      status: 'linking',
      status_changed_at: sql<Date>`case when status = 'linking' then status_changed_at else now() end`,
    })
    .where('id', '=', connectionId)
    .where('status', 'in', ['active', 'linking'])
    .where('accounts_checked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return unknown !== undefined;
}
