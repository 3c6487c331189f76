import { Client } from 'pg';
import { connectDatabase } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';

const TEMPLATE = 'bench_template';

export interface BenchDatabases {
  /**
   * A migrated, empty database, or a copy of one that nobody is connected to; answers with its
   * connection string.
   */
  create(name: string, copyOf?: string): Promise<string>;
  /**
   * Has the database as it is a minute later: autovacuum has passed, and all is on the disk. Otherwise
   * whoever comes next does that work, whatever its own is.
   */
  settle(name: string): Promise<void>;
  drop(name: string): Promise<void>;
}

export async function createBenchDatabases(admin: Client, url: string): Promise<BenchDatabases> {
  const urlOf = (name: string): string => {
    const made = new URL(url);
    made.pathname = `/${name}`;
    return made.href;
  };
  const checkpoint = async (): Promise<void> => {
    await admin.query('checkpoint');
  };
  await admin.query(`create database ${TEMPLATE}`);
  const db = connectDatabase({ url: urlOf(TEMPLATE) });
  await migrate(db);
  await db.destroy();
  return {
    async create(name, copyOf = TEMPLATE) {
      await admin.query(`create database ${name} template ${copyOf}`);
      await checkpoint();
      return urlOf(name);
    },
    async settle(name) {
      const client = new Client({ connectionString: urlOf(name) });
      await client.connect();
      await client.query('vacuum (analyze)');
      await client.end();
      await checkpoint();
    },
    async drop(name) {
      await admin.query(`drop database ${name} with (force)`);
    },
  };
}
