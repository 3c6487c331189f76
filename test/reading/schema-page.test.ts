import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { schemaPage } from '../../db/schema-page/schema-page.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url, onIdleError: () => undefined });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

// Writes it anew, without a database of one's own: npx vitest run test/reading/schema-page -u
it('docs/schema.md is what a migrated database says (npm run schema-page)', async () => {
  const path = fileURLToPath(new URL('../../docs/schema.md', import.meta.url));
  await expect(await schemaPage(db)).toMatchFileSnapshot(path);
});

it('leaves no table without a comment', async () => {
  const page = await schemaPage(db);
  expect(page).not.toContain('kysely');
  for (const [, name] of page.matchAll(/^## (\w+)$/gm)) {
    expect(page).toMatch(new RegExp(`^## ${name}\n\n[^|\n]`, 'm'));
  }
});
