import { sql } from 'kysely';
import {
  storeLink,
  type ConnectionToLink,
  type LinkStored,
} from '../connections/link-connection.ts';
import type { Database } from '../connect.ts';

/** One link that a session gave. */
export interface LinkKey {
  readonly sessionId: string;
  readonly linkHash: Buffer;
}

/**
 * Notes that a link is about to be exchanged. Answers with how many attempts that makes; null where it was
 * exchanged, or given up, before.
 */
export async function beginExchange(
  db: Database,
  { sessionId, linkHash }: LinkKey,
): Promise<number | null> {
  const begun = await db
    .insertInto('link_session_links')
    .values({ link_session_id: sessionId, link_hash: linkHash })
    .onConflict((conflict) =>
      conflict
        .columns(['link_session_id', 'link_hash'])
        .doUpdateSet({ attempts: sql<number>`link_session_links.attempts + 1` })
        .where('link_session_links.status', '=', 'exchanging'),
    )
    .returning('attempts')
    .executeTakeFirst();
  return begun?.attempts ?? null;
}

/**
 * Stores what a link was exchanged for, as a connection, in one transaction with that it was. Also where an
 * attempt at the same time has given it up.
 */
export async function commitExchange(
  db: Database,
  { sessionId, linkHash }: LinkKey,
  connection: ConnectionToLink,
): Promise<LinkStored> {
  return await db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom('link_session_links')
      .where('link_session_id', '=', sessionId)
      .where('link_hash', '=', linkHash)
      .select('connection_id as id')
      .forUpdate()
      .executeTakeFirst();
    if (known?.id) return { state: 'stored', id: known.id, created: false };
    const stored = await storeLink(trx, connection);
    if (stored.state === 'unlinking') return stored;
    await trx
      .updateTable('link_session_links')
      .set({ status: 'exchanged', connection_id: stored.id, error_code: null })
      .where('link_session_id', '=', sessionId)
      .where('link_hash', '=', linkHash)
      .execute();
    return stored;
  });
}

/** Notes that a link is good for nothing, unless it was exchanged meanwhile. */
export async function failExchange(
  db: Database,
  { sessionId, linkHash }: LinkKey,
  code: string,
): Promise<void> {
  await db
    .updateTable('link_session_links')
    .set({ status: 'failed', error_code: code })
    .where('link_session_id', '=', sessionId)
    .where('link_hash', '=', linkHash)
    .where('status', '=', 'exchanging')
    .execute();
}
