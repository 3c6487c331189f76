import { randomUUID } from 'node:crypto';
import { sql, type ControlledTransaction } from 'kysely';
import type { Interval } from '../../config/interval.ts';
import type { Product } from '../../config/product.ts';
import type { Database } from '../../db/connect.ts';
import type { Schema, SyncRunsTable } from '../../db/schema.ts';
import type { Insertable } from 'kysely';

/** An account without a bank or a workflow, for tests of what is read. */
export async function storeAccount(
  db: Database,
  values: { readonly interval?: Interval | null; readonly syncedAt?: Date } = {},
): Promise<string> {
  const connection = await db
    .insertInto('connections')
    .values({ provider: 'okra', provider_connection_id: randomUUID() })
    .returning('id')
    .executeTakeFirstOrThrow();
  const account = await db
    .insertInto('accounts')
    .values({
      connection_id: connection.id,
      provider: 'okra',
      provider_account_id: randomUUID(),
      currency: 'NGN',
      refresh_interval: values.interval ?? null,
      effective_interval: values.interval ?? null,
      products: ['balance', 'transaction'],
      status: 'active',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (values.syncedAt) await storeFreshness(db, account.id, values.syncedAt);
  return account.id;
}

/** Both products were synced, and were true, at this time. */
export async function storeFreshness(db: Database, accountId: string, at: Date): Promise<void> {
  await db
    .updateTable('accounts')
    .set({
      balance_synced_at: at,
      balance_as_of: at,
      transactions_synced_at: at,
      transactions_as_of: at,
    })
    .where('id', '=', accountId)
    .execute();
}

/** A sync that is committed. */
export async function storeSync(
  db: Database,
  accountId: string,
  values: Partial<Insertable<SyncRunsTable>> = {},
): Promise<string> {
  const { id } = await db
    .insertInto('sync_runs')
    .values({
      id: sql<string>`uuidv7()`,
      account_id: accountId,
      product: 'transaction',
      triggers: ['schedule'],
      scope: 'incremental',
      status: 'succeeded',
      finished_at: new Date(),
      ...values,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export interface RowValues {
  readonly providerId?: string;
  readonly amount?: string;
  readonly status?: 'pending' | 'posted';
  readonly description?: string | null;
  readonly counterparty?: string | null;
  readonly transactedAt?: string;
  readonly bookedAt?: string | null;
  readonly valueDate?: string | null;
  readonly removedAt?: string | null;
  readonly syncId?: string;
}

/** Adds or changes a transaction, as a sync would. Answers with its id. */
export async function storeTransaction(
  db: Database,
  accountId: string,
  values: RowValues = {},
): Promise<string> {
  const row = {
    account_id: accountId,
    provider_transaction_id: values.providerId ?? randomUUID(),
    status: values.status ?? 'posted',
    amount: values.amount ?? '-1.00',
    currency: 'NGN',
    description: values.description ?? null,
    counterparty: values.counterparty ?? null,
    transacted_at: values.transactedAt ?? '2026-01-01T12:00:00Z',
    booked_at: values.bookedAt ?? null,
    value_date: values.valueDate ?? null,
    removed_at: values.removedAt ?? null,
    provider_updated_at: '2026-01-01T12:00:00Z',
    raw: '{}',
    sync_run_id: values.syncId ?? randomUUID(),
  };
  const { id } = await db
    .insertInto('transactions')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'provider_transaction_id'])
        .doUpdateSet({ ...row, changed_at: sql<Date>`now()` }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Sets an account's balance, as a sync would. */
export async function storeBalance(
  db: Database,
  accountId: string,
  values: { readonly current: string; readonly asOf?: string; readonly syncId?: string },
): Promise<void> {
  const amounts = {
    available: null,
    current: values.current,
    credit_limit: null,
    currency: 'NGN',
    data_as_of: values.asOf ?? new Date().toISOString(),
    sync_run_id: values.syncId ?? randomUUID(),
  };
  const row = { account_id: accountId, ...amounts, source: 'fetch' as const, raw: '{}' };
  await db
    .insertInto('balances')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet({ ...row, changed_at: sql<Date>`now()` }),
    )
    .execute();
  await db
    .insertInto('balance_history')
    .values({ account_id: accountId, ...amounts })
    .execute();
}

export interface OpenSync {
  readonly id: string;
  /** What the sync writes; nobody sees it before `commit`. */
  readonly trx: ControlledTransaction<Schema>;
  commit(): Promise<void>;
}

/** A sync in the middle of its commit: it has the account, and writes. */
export async function openSync(
  db: Database,
  accountId: string,
  product: Product = 'transaction',
): Promise<OpenSync> {
  const id = await storeSync(db, accountId, { product, status: 'running', finished_at: null });
  const trx = await db.startTransaction().execute();
  await trx
    .selectFrom('accounts')
    .where('id', '=', accountId)
    .select('id')
    .forUpdate()
    .executeTakeFirstOrThrow();
  return {
    id,
    trx,
    async commit() {
      await trx
        .updateTable('sync_runs')
        .set({ status: 'succeeded', finished_at: sql<Date>`now()`, changed: 1 })
        .where('id', '=', id)
        .execute();
      await trx.commit().execute();
    },
  };
}
