import type { Database } from '../connect.ts';
import { learnt } from './consent.ts';

/**
 * Notes that the customer has logged in again. A connection whose accounts are being looked for, or that
 * is unlinked, stays as it is.
 */
export async function restoreConsent(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('connections')
    .set(learnt('active', null))
    .where('id', '=', connectionId)
    .where('status', 'in', ['active', 'reauth_required', 'gone'])
    .execute();
}
