import { sql } from 'kysely';
import type { Database } from '../connect.ts';

export type OpenedLinkSession = NonNullable<Awaited<ReturnType<typeof findLinkSession>>>;

/** A session as its workflow needs it; undefined where there is none. */
export async function findLinkSession(db: Database, id: string) {
  return await db
    .selectFrom('link_sessions')
    .where('id', '=', id)
    .select(['id', 'provider', 'connection_id', 'reference', 'account_settings', 'new_accounts'])
    .select(['session_hash', 'secret', 'status', 'told'])
    // By the database's clock. Negative once it has expired.
    .select(
      sql<number>`(extract(epoch from expires_at - now()) * 1000)::float8`.as('expires_in_ms'),
    )
    .executeTakeFirst();
}

/** Notes why a session does not get on, or null once it does. */
export async function noteLinkSessionError(
  db: Database,
  id: string,
  code: string | null,
): Promise<void> {
  await db
    .updateTable('link_sessions')
    .set({ status_code: code })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .where(sql<boolean>`status_code is distinct from ${code}`)
    .execute();
}
