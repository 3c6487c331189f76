import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { emptyDatabase, type FreshDatabase } from '../support/fresh-database.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await emptyDatabase();
  db = connectDatabase({ url: database.url });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('a connection that ends between two statements fails the second, and nothing else', async () => {
  const work = db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await sql`select pg_terminate_backend(${rows[0]?.pid}, 10000)`.execute(db);
    await sql`select 1`.execute(trx);
  });
  await expect(work).rejects.toThrow(/connection|terminat/i);
  const { rows } = await sql`select 1 as one`.execute(db);
  expect(rows).toEqual([{ one: 1 }]);
});
