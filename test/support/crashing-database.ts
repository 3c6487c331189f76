import { Kysely, PostgresDialect, sql, type PostgresPoolClient } from 'kysely';
import { Pool, types, type PoolClient } from 'pg';
import type { Database } from '../../db/connect.ts';
import type { Schema } from '../../db/schema.ts';
import { eventually } from './eventually.ts';

export interface Crash {
  /** Which statement from now on; 1 is the next. `begin` and `commit` count. */
  readonly at: number;
  /**
   * `before` it is sent, `after` it was answered, or `during`: it is sent, and the connection is
   * gone before the answer, so that nobody here knows whether it took effect.
   */
  readonly how: 'before' | 'during' | 'after';
}

export interface CrashingDatabase {
  readonly db: Database;
  arm(crash: Crash): void;
  /** Answers whether it crashed, once the server has noticed that the connection is gone. */
  disarm(): Promise<boolean>;
  /** Called before a connection is taken: for each transaction, and each statement outside of one. */
  beforeConnection: (() => Promise<void>) | null;
  /** Called before each statement. */
  onStatement: ((text: string) => Promise<void>) | null;
  close(): Promise<void>;
}

export class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** A database whose connection can be made to die at any statement. */
export function crashingDatabase(url: string, watcher: Database): CrashingDatabase {
  const pool = new Pool({
    connectionString: url,
    max: 6,
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.DATE ? (value: string) => value : types.getTypeParser(oid, format),
    },
  });
  pool.on('error', () => undefined);
  let armed: { left: number; how: Crash['how'] } | null = null;
  const dead: number[] = [];

  function kill(client: PoolClient): Crashed {
    armed = null;
    const { processID, connection } = client as PoolClient & {
      processID: number;
      connection: { stream: { destroy(): void } };
    };
    dead.push(processID);
    client.on('error', () => undefined);
    connection.stream.destroy();
    return new Crashed('the connection died, as planned');
  }

  async function run(client: PoolClient, text: string, values?: unknown[]): Promise<unknown> {
    await made.onStatement?.(text);
    const isIt = armed !== null && (armed.left -= 1) === 0;
    const how = armed?.how;
    if (!isIt) return await client.query(text, values);
    if (how === 'before') throw kill(client);
    const answer = client.query(text, values);
    if (how === 'after') {
      await answer;
      throw kill(client);
    }
    answer.catch(() => undefined);
    // Time for the bytes to leave, and none for the answer to come.
    await new Promise(setImmediate);
    throw kill(client);
  }

  const dialect = new PostgresDialect({
    pool: {
      connect: async () => {
        await made.beforeConnection?.();
        const client = await pool.connect();
        const query = (text: string, values?: unknown[]) => run(client, text, values);
        const wrapped = {
          processID: processId(client),
          query,
          release: () => client.release(dead.includes(processId(client))),
        };
        return wrapped as unknown as PostgresPoolClient;
      },
      end: () => pool.end(),
      options: {},
    },
  });
  const db = new Kysely<Schema>({ dialect });
  const made: CrashingDatabase = {
    db,
    beforeConnection: null,
    onStatement: null,
    arm({ at, how }) {
      armed = { left: at, how };
    },
    async disarm() {
      armed = null;
      if (dead.length === 0) return false;
      const gone = dead.splice(0);
      await eventually(
        async () => {
          const { rows } = await sql`
            select from pg_stat_activity where pid = any(${gone}::int[])`.execute(watcher);
          return rows.length === 0;
        },
        { everyMs: 2, describe: 'the server to notice the dead connection' },
      );
      return true;
    },
    close: () => db.destroy(),
  };
  return made;
}

function processId(client: PoolClient): number {
  return (client as PoolClient & { processID: number }).processID;
}
