import { accountsToRun, type AccountToRun } from './account-to-run.ts';
import type { Database } from '../connect.ts';

/** The linked accounts of a connection, whose workflows are to run. */
export async function linkedAccountsOf(
  db: Database,
  connectionId: string,
): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.connection_id', '=', connectionId)
    .where('accounts.unlinked_at', 'is', null)
    .execute();
}

/** The unlinked accounts of a connection that may have a workflow. */
export async function accountsToStopOf(
  db: Database,
  connectionId: string,
): Promise<{ id: string }[]> {
  return await db
    .selectFrom('accounts')
    .where('connection_id', '=', connectionId)
    .where('unlinked_at', 'is not', null)
    .whereRef('confirmed_settings_version', '<', 'settings_version')
    .select('id')
    .execute();
}
