import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Database } from './connect.ts';
import { migrationProvider } from './migrations/index.ts';

/** `uuidv7()` came with 18. */
const OLDEST_POSTGRES = 180_000;

/**
 * Brings the database up to date, under an advisory lock, so that several may call it at once.
 * Answers with the names of the migrations that it ran. Rejects when one fails (then none has run),
 * or the server is too old.
 */
export async function migrate(db: Database): Promise<string[]> {
  const version = await sql<{ number: string; name: string }>`
    select current_setting('server_version_num') as number, current_setting('server_version') as name`.execute(
    db,
  );
  const server = version.rows[0];
  if (!server || Number(server.number) < OLDEST_POSTGRES) {
    throw new Error(
      `Freshet needs Postgres 18 or later; this server is ${server?.name ?? 'unknown'}`,
    );
  }
  const migrator = new Migrator({ db, provider: migrationProvider });
  const { error, results } = await migrator.migrateToLatest();
  if (error)
    throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
  return (results ?? []).map((result) => result.migrationName);
}
