import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/**
 * Makes a connection that can be read, and whose accounts have never been found, `linking` again. Answers
 * whether it is.
 */
export async function resumeLinking(db: Database, connectionId: string): Promise<boolean> {
  const resumed = await db
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
  return resumed !== undefined;
}
