import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types, type CustomTypesConfig } from 'pg';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Most connections open at a time. */
  readonly poolSize?: number;
  /** How long to wait for a connection before the query fails, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Told of errors on idle connections, which would otherwise end the process. */
  readonly onIdleError?: (error: Error) => void;
}

/** Opens a pool. Connects lazily; end it with `destroy()`. */
export function connectDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.url,
    types: datesAsText,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    application_name: 'freshet',
    keepAlive: true,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // The pool does not listen to connections in use: the statement under way, or the next, tells.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/** A calendar date has no time zone: node-postgres would make a moment of it, in its own zone. */
const datesAsText: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === types.builtins.DATE ? (value: string) => value : types.getTypeParser(oid, format),
};
