import type { Database } from '../connect.ts';

/** Notes why a connection is still `linking` or `unlinking`: its provider's last error. */
export async function noteConnectionError(
  db: Database,
  connectionId: string,
  code: string,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ status_code: code })
    .where('id', '=', connectionId)
    .where('status', 'in', ['linking', 'unlinking'])
    .execute();
}
