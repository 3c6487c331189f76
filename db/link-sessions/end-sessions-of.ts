import { sql, type Transaction } from 'kysely';
import { recordEvents } from '../events/record-event.ts';
import type { Schema } from '../schema.ts';

/** Locks the open sessions in which a connection is logged in to again: to be done before it is locked itself. */
export async function lockSessionsOf(
  trx: Transaction<Schema>,
  connectionId: string,
): Promise<readonly string[]> {
  const sessions = await trx
    .selectFrom('link_sessions')
    .where('connection_id', '=', connectionId)
    .where('status', '=', 'open')
    .orderBy('id')
    .select('id')
    .forUpdate()
    .execute();
  return sessions.map(({ id }) => id);
}

/** Ends them, as the connection is unlinked. */
export async function endSessions(
  trx: Transaction<Schema>,
  connectionId: string,
  ids: readonly string[],
): Promise<void> {
  const end = { status: 'failed', status_code: 'connection_unlinked' } as const;
  await trx
    .updateTable('link_sessions')
    .set({ ...end, secret: null, ended_at: sql<Date>`now()` })
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .execute();
  await recordEvents(
    trx,
    ids.map((id) => ({
      type: 'link_session.ended',
      connectionId,
      data: { link_session_id: id, ...end, connection_ids: [connectionId] },
    })),
  );
}
