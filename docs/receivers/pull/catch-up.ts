/*
 * Keeps a copy of Freshet's balances and transactions by its change feed.
 */
import { DatabaseSync } from 'node:sqlite';

/** Where the copy is. In its place comes your own database: in Postgres much is the same. */
export function openCopy(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 10_000 });
  db.exec(`
    pragma journal_mode = wal;
    create table if not exists follow (cursor text not null);
    create table if not exists balances (
      account_id text primary key, current text, available text, currency text not null,
      data_as_of text not null);
    create table if not exists transactions (
      id text primary key, account_id text not null, status text not null, amount text not null,
      currency text not null, description text, transacted_at text not null, removed_at text)`);
  return db;
}

export interface Api {
  /** Such as http://127.0.0.1:4400 */
  readonly url: string;
  readonly key: string;
}

interface ChangePage {
  readonly data: readonly (BalanceChange | TransactionChange)[];
  readonly next_cursor: string;
  readonly has_more: boolean;
}

interface BalanceChange {
  readonly type: 'balance';
  /** Amounts are text, and never a JavaScript number, which holds 0.1 only nearly. */
  readonly balance: Readonly<
    Record<'account_id' | 'currency' | 'data_as_of', string> &
      Record<'current' | 'available', string | null>
  >;
}

interface TransactionChange {
  readonly type: 'transaction';
  readonly transaction: Readonly<
    Record<'id' | 'account_id' | 'status' | 'amount' | 'currency' | 'transacted_at', string> &
      Record<'description' | 'removed_at', string | null>
  >;
}

/**
 * Takes over all that has changed since the last time; the first time, all there is. One at a time.
 * Rejects when Freshet does not answer with a page: what was taken over until then stays.
 */
export async function catchUp(db: DatabaseSync, api: Api): Promise<number> {
  let changes = 0;
  for (;;) {
    const page = await readPage(api, cursorOf(db));
    takeOver(db, page);
    changes += page.data.length;
    if (!page.has_more) return changes;
  }
}

const cursorOf = (db: DatabaseSync): string | undefined =>
  db.prepare('select cursor from follow').get()?.['cursor'] as string | undefined;

async function readPage({ url, key }: Api, cursor: string | undefined): Promise<ChangePage> {
  const query = new URLSearchParams({ limit: '500', ...(cursor === undefined ? {} : { cursor }) });
  const response = await fetch(`${url}/v1/changes?${query.toString()}`, {
    headers: { Authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`GET /v1/changes: ${response.status}`);
  return (await response.json()) as ChangePage;
}

/** The rows and the cursor in one transaction: nothing is missed, whenever this program ends. */
function takeOver(db: DatabaseSync, page: ChangePage): void {
  db.exec('begin');
  try {
    for (const change of page.data) {
      if (change.type === 'balance') storeBalance(db, change);
      if (change.type === 'transaction') storeTransaction(db, change);
    }
    db.exec('delete from follow');
    db.prepare('insert into follow (cursor) values (?)').run(page.next_cursor);
    db.exec('commit');
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

function storeBalance(db: DatabaseSync, { balance }: BalanceChange): void {
  const { account_id, current, available, currency, data_as_of } = balance;
  db.prepare(`
    insert into balances (account_id, current, available, currency, data_as_of)
    values (?, ?, ?, ?, ?)
    on conflict (account_id) do update set current = excluded.current,
      available = excluded.available, currency = excluded.currency,
      data_as_of = excluded.data_as_of`).run(account_id, current, available, currency, data_as_of);
}

/** Also one that the bank has no longer: `removed_at` says so, and it may come back. */
function storeTransaction(db: DatabaseSync, { transaction }: TransactionChange): void {
  const { id, account_id, status, amount, currency, description } = transaction;
  const { transacted_at, removed_at } = transaction;
  const what = [id, account_id, status, amount, currency, description, transacted_at, removed_at];
  db.prepare(`
    insert into transactions (id, account_id, status, amount, currency, description,
      transacted_at, removed_at)
    values (?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set status = excluded.status, amount = excluded.amount,
      currency = excluded.currency, description = excluded.description,
      transacted_at = excluded.transacted_at, removed_at = excluded.removed_at`).run(...what);
}
