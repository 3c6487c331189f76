import type { Database } from '../connect.ts';

/** The newest known balance; undefined before the first sync. */
export async function findBalance(db: Database, accountId: string) {
  return await db
    .selectFrom('balances')
    .where('account_id', '=', accountId)
    .select(['available', 'current', 'credit_limit', 'currency', 'data_as_of', 'changed_at'])
    .executeTakeFirst();
}
