import type { Database } from './connect.ts';

/** Notes that the workflow of an unlinked account has been told to end. */
export async function confirmStopped(db: Database, accountId: string): Promise<void> {
  await db
    .updateTable('accounts')
    .set((eb) => ({ confirmed_settings_version: eb.ref('settings_version') }))
    .where('id', '=', accountId)
    .where('unlinked_at', 'is not', null)
    .execute();
}
