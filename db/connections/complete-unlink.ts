import { sql, type Transaction } from 'kysely';
import type { Database } from '../connect.ts';
import { recordEvent } from '../events/record-event.ts';
import { endSessions, lockSessionsOf } from '../link-sessions/end-sessions-of.ts';
import type { Schema } from '../schema.ts';

/**
 * Marks a connection as unlinked and forgets its credentials and what it offered; no change where that is
 * done. Told by an event, and again where its data is to be erased after all. Answers whether it is to be.
 */
export async function completeUnlink(db: Database, connectionId: string): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const sessions = await lockSessionsOf(trx, connectionId);
    const connection = await trx
      .selectFrom('connections')
      .where('id', '=', connectionId)
      .select(['status', 'unlink_data', 'erased_at'])
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const { status, unlink_data: data } = connection;
    if (status === 'unlinking') {
      const now = sql<Date>`now()`;
      await trx
        .updateTable('connections')
        .set({ status: 'unlinked', status_code: null, credentials: null })
        .set({ status_changed_at: now, unlinked_at: now })
        .where('id', '=', connectionId)
        .execute();
      await trx.deleteFrom('offered_accounts').where('connection_id', '=', connectionId).execute();
      await endSessions(trx, connectionId, sessions);
      await recordEvent(trx, { type: 'connection.unlinked', connectionId, data: { data } });
    }
    const isUnlinked = status === 'unlinking' || status === 'unlinked';
    const isToErase = isUnlinked && data === 'erase' && connection.erased_at === null;
    // Asked for later: who has a copy of the data is to hear of that, too.
    if (isToErase && status === 'unlinked' && !(await wasToldOfErasure(trx, connectionId))) {
      await recordEvent(trx, { type: 'connection.unlinked', connectionId, data: { data } });
    }
    return isToErase;
  });
}

async function wasToldOfErasure(trx: Transaction<Schema>, connectionId: string): Promise<boolean> {
  const told = await trx
    .selectFrom('events')
    .where('connection_id', '=', connectionId)
    .where('type', '=', 'connection.unlinked')
    .where(sql<boolean>`data ->> 'data' = 'erase'`)
    .select('id')
    .executeTakeFirst();
  return told !== undefined;
}
