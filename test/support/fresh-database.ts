import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { runInfo } from './run-info.ts';

const MIGRATE_MAIN = fileURLToPath(new URL('../../db/migrate-main.ts', import.meta.url));
const TEMPLATE = 'freshet_template';
/** Any number that nothing else locks: test files of one run agree on it. */
const TEMPLATE_LOCK = 4_400_001;

export interface FreshDatabase {
  readonly url: string;
  readonly name: string;
  /**
   * Ends what is still connected to it. Not doing so harms nobody: the whole server goes with the
   * run.
   */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database of one's own: a copy of a template that the run's first caller makes.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  await asAdmin(makeTemplate);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${TEMPLATE}`));
  return {
    name,
    url: urlOf(name),
    drop: async () => {
      await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** An empty database in which nothing is migrated. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name}`));
  return {
    name,
    url: urlOf(name),
    drop: async () => {
      await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function makeTemplate(admin: Client): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  const found = await admin.query(
    'select 1 from pg_database where datname = $1 and datistemplate',
    [TEMPLATE],
  );
  if (found.rowCount !== 0) return;
  await admin.query(`drop database if exists ${TEMPLATE}`);
  await admin.query(`create database ${TEMPLATE}`);
  await promisify(execFile)(process.execPath, [MIGRATE_MAIN], {
    env: { ...process.env, FRESHET_DATABASE_URL: urlOf(TEMPLATE) },
  });
  // Marked only now: a half-migrated one is made anew.
  await admin.query(`alter database ${TEMPLATE} is_template true`);
}

function urlOf(database: string): string {
  const url = new URL(runInfo().databaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: runInfo().databaseUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    // Also gives back the advisory lock.
    await admin.end();
  }
}
