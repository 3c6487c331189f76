import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { learnt } from './consent.ts';

/**
 * Notes that the customer has logged in again. Where the accounts that a link chose have not been found,
 * they are looked for again, and the answer is true.
 */
export async function restoreConsent(
  db: Pick<Database, 'updateTable'>,
  connectionId: string,
): Promise<boolean> {
  const status = sql<'linking' | 'active'>`case
    when status = 'linking' or accounts_checked_at is null then 'linking' else 'active' end`;
  const restored = await db
    .updateTable('connections')
    .set(learnt(status, null))
    .where('id', '=', connectionId)
    .where('status', 'in', ['linking', 'active', 'reauth_required', 'gone'])
    .returning('status')
    .executeTakeFirst();
  return restored?.status === 'linking';
}
