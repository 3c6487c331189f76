import { writeFile } from 'node:fs/promises';
import { readEnvironment } from '../../config/environment.ts';
import { runMain } from '../../config/run-main.ts';
import { connectDatabase } from '../connect.ts';
import { schemaPage } from './schema-page.ts';

/** Writes docs/schema.md, which a test holds against a migrated database. */
await runMain(async () => {
  const settings = readEnvironment(process.env, ['FRESHET_DATABASE_URL']);
  const db = connectDatabase({ url: settings.FRESHET_DATABASE_URL, poolSize: 1 });
  try {
    await writeFile(new URL('../../docs/schema.md', import.meta.url), await schemaPage(db));
  } finally {
    await db.destroy();
  }
});
