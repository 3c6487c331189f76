import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { migrationProvider } from '../../db/migrations/index.ts';
import { emptyDatabase } from '../support/fresh-database.ts';
import { everything, stagedCommit, transactionOf } from '../support/staged-commit.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

async function emptyOne(): Promise<{ url: string; db: Database }> {
  const { url, drop } = await emptyDatabase();
  toClose.push(drop);
  return { url, db: open(url) };
}

function open(url: string): Database {
  const db = connectDatabase({ url });
  toClose.push(() => db.destroy());
  return db;
}

/** As an operator would with `psql -f`. */
async function restore(url: string): Promise<void> {
  const dump = new URL('fixtures/release-0001.sql', import.meta.url);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(await readFile(dump, 'utf8'));
  } finally {
    await client.end();
  }
}

const NAMES = Object.keys(await migrationProvider.getMigrations()).sort();
const ACCOUNT = '01990000-0000-7000-8000-000000000011';

/** Every table's rows as JSON, without the columns that `only` does not name. */
async function contentOf(
  db: Database,
  only?: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, { columns: readonly string[]; rows: unknown[] }>> {
  const tables = await sql<{ name: string; columns: string[] }>`
    select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE'
    group by table_name order by table_name`.execute(db);
  const content = new Map<string, { columns: readonly string[]; rows: unknown[] }>();
  for (const { name, columns } of tables.rows) {
    if (name.startsWith('kysely')) continue;
    const kept = only ? (only.get(name) ?? []) : columns;
    if (kept.length === 0) continue;
    const texts = kept.map((column) => `${column}::text`).join(', ');
    const { rows } =
      await sql`select ${sql.raw(texts)} from ${sql.table(name)} order by 1, 2`.execute(db);
    content.set(name, { columns: kept, rows });
  }
  return content;
}

/** The shape of everything in the schema, whichever way it was reached. */
async function shapeOf(db: Database): Promise<unknown[]> {
  const { rows } = await sql`
    select table_name as of, column_name as name,
      concat_ws(' ', data_type, is_nullable, column_default, generation_expression) as is
    from information_schema.columns where table_schema = 'public'
    union all select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
    union all select viewname, 'view', definition from pg_views where schemaname = 'public'
    union all select c.relname, coalesce(a.attname, ''), d.description
      from pg_description d join pg_class c on c.oid = d.objoid and c.relnamespace = 'public'::regnamespace
      left join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid and d.objsubid > 0
      where d.classoid = 'pg_class'::regclass
    order by 1, 2, 3`.execute(db);
  return rows;
}

describe('migrating', () => {
  it('an empty database runs all, and the second time none', async () => {
    const { db } = await emptyOne();
    expect(await migrate(db)).toEqual(NAMES);
    expect(await migrate(db)).toEqual([]);
  });

  it('a database of the release before keeps every row, and its shape is as if made anew', async () => {
    const { url, db } = await emptyOne();
    await restore(url);
    const before = await contentOf(db);
    expect(before.size).toBe(12);
    for (const [table, { rows }] of before) expect([table, rows.length > 0]).toEqual([table, true]);
    const columns = new Map([...before].map(([table, content]) => [table, content.columns]));

    expect(await migrate(db)).toEqual(NAMES.slice(1));
    expect(await contentOf(db, columns)).toEqual(before);

    const other = await emptyOne();
    await migrate(other.db);
    expect(await shapeOf(db)).toEqual(await shapeOf(other.db));
  });

  it('a database of the release before gives rows that the next sync goes on with', async () => {
    const { url, db } = await emptyOne();
    await restore(url);
    await migrate(db);
    const rows = async () =>
      await db
        .selectFrom('transactions')
        .orderBy('provider_transaction_id')
        .select([
          'id',
          'provider_transaction_id as provider_id',
          'booked_date',
          'removed_at',
          'amount',
        ])
        .execute();
    expect(await rows()).toMatchObject([
      { provider_id: 't1', booked_date: '2026-11-19', amount: '-0.005' },
      { provider_id: 't2', booked_date: null, amount: '1500' },
      {
        provider_id: 't3',
        booked_date: '2026-11-17',
        removed_at: new Date('2026-11-20T09:30:00Z'),
      },
    ]);
    const counts = await stagedCommit(
      db,
      ACCOUNT,
      [
        transactionOf({
          providerTransactionId: 't2-posted',
          pendingProviderTransactionId: 't2',
          amount: '1500',
          currency: 'JPY',
          providerUpdatedAt: '2026-11-21T00:00:00.000Z',
        }),
      ],
      { complete: everything, readAsOf: '2026-11-22T00:00:00.000Z' },
    );
    expect(counts).toEqual({ fetched: 1, added: 0, changed: 1, removed: 1 });
    expect(await rows()).toMatchObject([
      { provider_id: 't1', removed_at: new Date('2026-11-22T00:00:00.000Z') },
      { provider_id: 't2-posted', id: '01990000-0000-7000-8000-000000000042', removed_at: null },
      { provider_id: 't3' },
    ]);
  });

  it('a database of the release before makes an endpoint of each webhook_url', async () => {
    const { url, db } = await emptyOne();
    await restore(url);
    const hook = 'https://receiver.example.com/hook';
    await sql`update accounts set webhook_url = ${hook} where id = ${ACCOUNT}`.execute(db);
    await migrate(db);
    const made = await db.selectFrom('webhook_endpoints').select(['account_id', 'url']).execute();
    expect(made).toEqual([{ account_id: ACCOUNT, url: hook }]);
  });

  it.each([
    ['an empty database', false],
    ['a database of the release before', true],
  ])('%s from many at once runs each migration once', async (_, isOld) => {
    const { url, db } = await emptyOne();
    if (isOld) await restore(url);
    const others = Array.from({ length: 5 }, () => open(url));
    const ran = await Promise.all([db, ...others].map((one) => migrate(one)));
    expect(ran.flat().sort()).toEqual(isOld ? NAMES.slice(1) : NAMES);
    const { rows } = await sql<{ name: string }>`
      select name from kysely_migration order by name`.execute(db);
    expect(rows.map(({ name }) => name)).toEqual(NAMES);
  });

  it('waits for one who reads, and leaves nothing half done when it fails', async () => {
    const { url, db } = await emptyOne();
    await restore(url);
    // In the way of a statement in the middle of the migration.
    await sql`create table transaction_changes (mine text)`.execute(db);
    const before = await shapeOf(db);
    await expect(migrate(db)).rejects.toThrow(/transaction_changes/);
    expect(await shapeOf(db)).toEqual(before);
    await sql`drop table transaction_changes`.execute(db);

    const reader = open(url);
    const ready = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const reading = reader.transaction().execute(async (trx) => {
      await trx.selectFrom('transactions').select('id').execute();
      ready.resolve();
      await gate.promise;
      return await trx.selectFrom('transactions').select('id').execute();
    });
    await ready.promise;
    const migrating = migrate(db);
    gate.resolve();
    expect(await reading).toHaveLength(3);
    expect(await migrating).toEqual(NAMES.slice(1));
  });
});
