import { sql } from 'kysely';
import { accountsToRun, type AccountToRun } from './account-to-run.ts';
import type { Database } from './connect.ts';

/**
 * Notes that a connection can be read again, where `from` is what stood in the way, and answers with
 * its accounts, whose workflows are to be told.
 */
export async function restoreConsent(
  db: Database,
  connectionId: string,
  from: 'reauth_required' | 'gone',
): Promise<AccountToRun[]> {
  await db
    .updateTable('connections')
    .set({
      status: 'active',
      status_code: null,
      status_as_of: sql<Date>`now()`,
      status_changed_at: sql<Date>`now()`,
    })
    .where('id', '=', connectionId)
    .where('status', '=', from)
    .execute();
  return await accountsToRun(db)
    .where('accounts.connection_id', '=', connectionId)
    .where('accounts.unlinked_at', 'is', null)
    .execute();
}
