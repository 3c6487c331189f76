import { sql, type Transaction } from 'kysely';
import type { Database } from '../connect.ts';
import { recordEvents } from '../events/record-event.ts';
import type { ConnectionStatus, Schema } from '../schema.ts';

export interface UnlinkRequest {
  readonly data: 'keep' | 'erase';
  /** Without asking the provider. */
  readonly force: boolean;
}

export interface UnlinkRequested {
  readonly id: string;
  readonly provider: string;
  /** Nothing is left to do. */
  readonly isDone: boolean;
}

/**
 * Stores that a connection is to be unlinked, and marks its accounts as unlinked: from here on nothing
 * more of them is stored. Asked again it can add `force` and `erase`, also once it is unlinked, and takes
 * neither back. Undefined when there is no such connection.
 */
export async function requestUnlink(
  db: Database,
  connectionId: string,
  request: UnlinkRequest,
): Promise<UnlinkRequested | undefined> {
  return await db.transaction().execute(async (trx) => {
    // Accounts before their connection: in the order in which a sync's failure takes them.
    await trx
      .selectFrom('accounts')
      .where('connection_id', '=', connectionId)
      .orderBy('id')
      .select('id')
      .forNoKeyUpdate()
      .execute();
    const connection = await trx
      .selectFrom('connections')
      .where('id', '=', connectionId)
      .select(['id', 'provider', 'status', 'erased_at', 'unlink_data', 'unlink_forced'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!connection) return undefined;
    const { id, provider, status } = connection;
    const isErase = request.data === 'erase' || connection.unlink_data === 'erase';
    const isLinked = status !== 'unlinking' && status !== 'unlinked';
    await trx
      .updateTable('connections')
      .set({
        unlink_data: isErase ? 'erase' : 'keep',
        unlink_forced: request.force || connection.unlink_forced,
        ...(isLinked
          ? {
              status: 'unlinking',
              status_code: null,
              status_changed_at: sql<Date>`now()`,
              unlink_requested_at: sql<Date>`now()`,
            }
          : {}),
      })
      .where('id', '=', id)
      .execute();
    if (isLinked) await unlinkAccounts(trx, id);
    return { id, provider, isDone: isDone(status, isErase, connection.erased_at) };
  });
}

const isDone = (status: ConnectionStatus, isErase: boolean, erasedAt: Date | null): boolean =>
  status === 'unlinked' && (!isErase || erasedAt !== null);

async function unlinkAccounts(trx: Transaction<Schema>, connectionId: string): Promise<void> {
  const accounts = await trx
    .updateTable('accounts')
    .set({
      status: 'unlinked',
      pause_reason: null,
      status_changed_at: sql<Date>`now()`,
      unlinked_at: sql<Date>`now()`,
      next_sync_at: null,
      stale_since: null,
      settings_version: sql`settings_version + 1`,
    })
    .where('connection_id', '=', connectionId)
    .where('unlinked_at', 'is', null)
    .returning('id')
    .execute();
  await recordEvents(
    trx,
    accounts.map(({ id }) => ({ type: 'account.unlinked', connectionId, accountId: id })),
  );
}
