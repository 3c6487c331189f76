import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { bareAccount, stagedCommit } from '../support/staged-commit.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const accountOf = (id: string) =>
  db
    .selectFrom('accounts')
    .where('id', '=', id)
    .select(['transactions_preparing as preparing', 'transactions_synced_at as syncedAt'])
    .executeTakeFirstOrThrow();

it('the provider prepares until it was asked and does so no more', async () => {
  const id = await bareAccount(db);
  await stagedCommit(db, id, [], { complete: null, preparing: true });
  expect(await accountOf(id)).toEqual({ preparing: true, syncedAt: null });
  // Only a webhook was put into effect: of the history it tells nothing.
  await stagedCommit(db, id, [], { complete: null, toldAt: new Date().toISOString() });
  expect(await accountOf(id)).toMatchObject({ preparing: true });
  await stagedCommit(db, id, []);
  expect(await accountOf(id)).toEqual({ preparing: false, syncedAt: expect.any(Date) });
});
