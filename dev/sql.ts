import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';

/**
 * `npm run sql -- "select …"`: for those who have no psql. Asks the database that `npm start` runs.
 */
const [sql] = process.argv.slice(2);
const file = path.resolve(process.env['FRESHET_STATE_DIR'] || '.freshet', 'database-url');

async function main(): Promise<void> {
  if (sql === undefined) throw new Error('Usage: npm run sql -- "select …"');
  const client = new Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    const { rows, command, rowCount } = await client.query<Record<string, unknown>>(sql);
    if (rows.length > 0) console.table(rows);
    else console.log(`${command} ${rowCount ?? 0}`);
  } finally {
    await client.end();
  }
}

function databaseUrl(): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Error(`There is no ${file}: has \`npm start\` been run in this folder?`);
  }
}

main().catch((error: unknown) => {
  console.error(
    (error as Error).message || 'The database does not answer: is `npm start` running?',
  );
  process.exitCode = 1;
});
