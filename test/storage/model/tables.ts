import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../../db/connect.ts';
import type { Content, Ledger } from './ledger.ts';

/** Everything that the tables say of one account's transactions and balance. */
export async function tablesOf(db: Database, accountId: string) {
  const transactions = await db
    .selectFrom('transactions')
    .where('account_id', '=', accountId)
    .orderBy('provider_transaction_id')
    .selectAll()
    .select(sql<string>`xmin::text`.as('xmin'))
    .execute();
  const balance = await db
    .selectFrom('balances')
    .where('account_id', '=', accountId)
    .select([
      'available',
      'current',
      'data_as_of',
      'changed_at',
      sql<string>`xmin::text`.as('xmin'),
    ])
    .executeTakeFirst();
  const balances = await db
    .selectFrom('balance_history')
    .where('account_id', '=', accountId)
    .orderBy('id')
    .select(['available', 'current', 'data_as_of', sql<string>`xmin::text`.as('xmin')])
    .execute();
  const changes = await db
    .selectFrom('transaction_changes')
    .innerJoin('transactions', 'transactions.id', 'transaction_changes.transaction_id')
    .where('account_id', '=', accountId)
    .orderBy('transaction_changes.id')
    .select([
      'transaction_changes.transaction_id',
      'transaction_changes.kind',
      'transaction_changes.fields',
      sql<string>`transaction_changes.xmin::text`.as('xmin'),
    ])
    .execute();
  return { transactions, balance, balances, changes };
}

export type Tables = Awaited<ReturnType<typeof tablesOf>>;

/** The tables equal the ledger; rows that are seen for the first time lend it their ids. */
export function expectLedger(tables: Tables, ledger: Ledger): void {
  const ids = new Map(tables.transactions.map((row) => [row.provider_transaction_id, row.id]));
  for (const row of ledger.rows) row.id ??= ids.get(row.now.provider_transaction_id) ?? null;
  const found = tables.transactions.map((row) => ({
    id: row.id,
    now: contentOf(row),
    pendingId: row.pending_provider_transaction_id,
    matchedBy: row.matched_by,
    version: row.provider_updated_at?.toISOString(),
    history: tables.changes
      .filter(({ transaction_id: id }) => id === row.id)
      .map(({ kind }) => kind),
  }));
  const expected = [...ledger.rows]
    .sort((a, b) => (a.now.provider_transaction_id < b.now.provider_transaction_id ? -1 : 1))
    .map(({ id, now, pendingId, matchedBy, version, history }) => ({
      id,
      now,
      pendingId,
      matchedBy,
      version,
      history,
    }));
  expect(found).toEqual(expected);
  expect(balanceOf(tables.balance)).toEqual(ledger.balance);
  // A row per change, each as it was when it came; the newest of the same amounts as the present.
  expect(tables.balances.map((row) => balanceOf(row))).toEqual(ledger.balances);
  const { available, current } = ledger.balance ?? { available: null, current: null };
  expect(ledger.balances.at(-1) ?? { available, current }).toMatchObject({ available, current });
}

/** The recorded changes, undone one by one from the present, end at what was first seen. */
export function expectHistoriesReplay(tables: Tables, ledger: Ledger): void {
  for (const row of tables.transactions) {
    const state: Record<string, unknown> = { ...contentOf(row) };
    const changes = tables.changes.filter(({ transaction_id: id }) => id === row.id).toReversed();
    for (const { fields } of changes) {
      for (const [field, [before, after]] of Object.entries(fields)) {
        expect([field, plain(field, after)]).toEqual([field, state[field] ?? null]);
        state[field] = plain(field, before);
      }
    }
    expect(state).toEqual(ledger.rows.find(({ id }) => id === row.id)?.first);
  }
}

function contentOf(row: Tables['transactions'][number]): Content {
  return {
    provider_transaction_id: row.provider_transaction_id,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    description: row.description,
    counterparty: row.counterparty,
    transacted_at: row.transacted_at.toISOString(),
    booked_at: row.booked_at?.toISOString() ?? null,
    running_balance: row.running_balance,
    removed_at: row.removed_at?.toISOString() ?? null,
  };
}

function balanceOf(
  row: { available: string | null; current: string | null; data_as_of: Date } | undefined,
) {
  if (!row) return null;
  const { available, current } = row;
  return { available, current, data_as_of: row.data_as_of.toISOString() };
}

function plain(field: string, value: unknown): unknown {
  return field.endsWith('_at') && typeof value === 'string' ? new Date(value).toISOString() : value;
}
