import type { Database } from '../connect.ts';

export type OfferedAccountRow = Awaited<ReturnType<typeof listOfferedAccounts>>[number];

/** Accounts that appeared at the bank after the link and are not linked, oldest offer first. */
export async function listOfferedAccounts(db: Database, connectionId: string) {
  return await db
    .selectFrom('offered_accounts')
    .where('connection_id', '=', connectionId)
    .orderBy('offered_at')
    .orderBy('provider_account_id')
    .select(['provider_account_id', 'name', 'number', 'type', 'currency', 'offered_at'])
    .execute();
}
