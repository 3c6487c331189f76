import type { Transaction } from 'kysely';
import type { Schema } from '../schema.ts';

/** Locks a connection; undefined when it is unlinked, or about to be. */
export async function lockLinkedConnection(trx: Transaction<Schema>, id: string) {
  return await trx
    .selectFrom('connections')
    .where('id', '=', id)
    .where('status', 'not in', ['unlinking', 'unlinked'])
    .select(['id', 'provider', 'account_settings', 'new_accounts'])
    .forNoKeyUpdate()
    .executeTakeFirst();
}
