import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { somethingNew } from '../consents/consent.ts';

/**
 * Has the provider asked how a connection stands: what it was asked before does not count. Answers false
 * where the connection's accounts are not known yet, or it is no more linked.
 */
export async function requestCheck(
  db: Pick<Database, 'updateTable'>,
  connectionId: string,
): Promise<boolean> {
  const requested = await db
    .updateTable('connections')
    .set({ ...somethingNew(), check_requested_at: sql<Date>`now()` })
    .where('id', '=', connectionId)
    .where('status', 'in', ['active', 'reauth_required', 'gone'])
    .where('accounts_checked_at', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  return requested !== undefined;
}
