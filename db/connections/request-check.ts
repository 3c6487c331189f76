import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { somethingNew } from '../consents/consent.ts';

/** Has the providers of connections asked how these stand: what they were asked before does not count. */
export const requestChecks = (db: Pick<Database, 'updateTable'>) =>
  db
    .updateTable('connections')
    .set({ ...somethingNew(), check_requested_at: sql<Date>`now()` })
    .where('status', 'in', ['active', 'reauth_required', 'gone'])
    .returning(['id', 'provider']);

/** The same of one connection. Answers false where its accounts are not known yet, or it is no more linked. */
export async function requestCheck(
  db: Pick<Database, 'updateTable'>,
  connectionId: string,
): Promise<boolean> {
  const requested = await requestChecks(db)
    .where('id', '=', connectionId)
    .where('accounts_checked_at', 'is not', null)
    .executeTakeFirst();
  return requested !== undefined;
}
