import type { Database } from '../db/connect.ts';
import { findAccount, type AccountRow } from '../db/accounts/list-accounts.ts';
import { notFound, Problem } from './http/problem.ts';

export async function accountOr404(db: Database, id: string): Promise<AccountRow> {
  const row = await findAccount(db, id);
  if (!row) throw notFound('account');
  return row;
}

/** An account that can still be acted on: 409 once it is unlinked. */
export async function linkedAccount(db: Database, id: string): Promise<AccountRow> {
  const row = await accountOr404(db, id);
  if (row.unlinked_at) throw new Problem(409, 'account_unlinked', 'The account is unlinked.');
  return row;
}
