import type { Database } from '../connect.ts';

/** Notes that an unlinked account has no workflow any more. */
export async function confirmStopped(db: Database, accountId: string): Promise<void> {
  await db
    .updateTable('accounts')
    .set((eb) => ({ confirmed_settings_version: eb.ref('settings_version') }))
    .where('id', '=', accountId)
    .where('unlinked_at', 'is not', null)
    .execute();
}
