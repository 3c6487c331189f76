import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { AccountStatus } from '../schema.ts';
import { isStale } from './staleness.ts';

function accountRows(db: Database) {
  return db
    .selectFrom('accounts')
    .innerJoin('connections', 'connections.id', 'accounts.connection_id')
    .selectAll('accounts')
    .select([
      'connections.reference',
      'connections.institution_name',
      'connections.status as connection_status',
      'connections.consent_version',
      sql<string | null>`(
        select id from webhook_endpoints where account_id = accounts.id and deleted_at is null
      )`.as('endpoint_id'),
      isStale('balance').as('balance_stale'),
      isStale('transaction').as('transactions_stale'),
    ]);
}

export type AccountRow = Awaited<ReturnType<typeof listAccounts>>[number];

export interface AccountFilter {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly status?: AccountStatus | undefined;
}

/** Accounts in the order in which they were linked, after the one with the id `after`. */
export async function listAccounts(db: Database, filter: AccountFilter) {
  const { after, connectionId, status } = filter;
  let query = accountRows(db);
  if (after !== undefined) query = query.where('accounts.id', '>', after);
  if (connectionId !== undefined) query = query.where('accounts.connection_id', '=', connectionId);
  if (status !== undefined) query = query.where('accounts.status', '=', status);
  return await query.orderBy('accounts.id').limit(filter.limit).execute();
}

/** All accounts of a connection, in the order in which they were linked. */
export async function listAccountsOf(db: Database, connectionId: string): Promise<AccountRow[]> {
  return await accountRows(db)
    .where('accounts.connection_id', '=', connectionId)
    .orderBy('accounts.id')
    .execute();
}

export async function findAccount(db: Database, id: string): Promise<AccountRow | undefined> {
  return await accountRows(db).where('accounts.id', '=', id).executeTakeFirst();
}

/** Those of the accounts that exist, in no order. */
export async function findAccounts(db: Database, ids: readonly string[]): Promise<AccountRow[]> {
  return await accountRows(db)
    .where(sql<boolean>`accounts.id = any(${[...ids]}::uuid[])`)
    .execute();
}
