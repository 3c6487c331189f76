import type { z } from 'zod';
import type { Database } from '../db/connect.ts';
import { listAccountsOf } from '../db/accounts/list-accounts.ts';
import { findConnection, type ConnectionRow } from '../db/connections/list-connections.ts';
import { listOfferedAccounts } from '../db/connections/list-offered-accounts.ts';
import { notFound, Problem } from './http/problem.ts';
import { toConnectionWithAccounts, type connectionWithAccounts } from './schemas/connection.ts';

export async function connectionOr404(db: Database, id: string): Promise<ConnectionRow> {
  const row = await findConnection(db, id);
  if (!row) throw notFound('connection');
  return row;
}

export const connectionUnlinked = (): Problem =>
  new Problem(409, 'connection_unlinked', 'The connection is unlinked, or about to be.');

/** A connection that can still be acted on: 409 once it is to be unlinked. */
export async function linkedConnection(db: Database, id: string): Promise<ConnectionRow> {
  const row = await connectionOr404(db, id);
  if (row.status === 'unlinking' || row.status === 'unlinked') throw connectionUnlinked();
  return row;
}

/** A connection as the API shows it alone. */
export async function showConnection(
  db: Database,
  id: string,
): Promise<z.infer<typeof connectionWithAccounts>> {
  const row = await connectionOr404(db, id);
  const [accounts, offered] = await Promise.all([
    listAccountsOf(db, id),
    listOfferedAccounts(db, id),
  ]);
  return toConnectionWithAccounts(row, accounts, offered);
}
