import { Pool } from 'pg';
import { sqlStateOf } from '../sql-state.ts';
import {
  readStored,
  STORE_WEBHOOKS,
  storeParameters,
  type StoredRow,
  type StoredWebhooks,
  type WebhookToStore,
} from './store-webhooks.ts';

export interface WebhookStoreOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** After this the connection is given up, and the webhooks may be stored all the same. */
  readonly storeTimeoutMs: number;
  readonly onIdleError: (error: Error) => void;
}

export interface WebhookStore {
  /** See `STORE_WEBHOOKS`. Once this resolves they are durable. */
  store(webhooks: readonly WebhookToStore[]): Promise<StoredWebhooks>;
  close(): Promise<void>;
}

/**
 * Connections that do nothing but store webhooks, so that nothing else that the API reads or writes can hold
 * that up. Not by Kysely: the statement is prepared once a connection, which saves most of its cost, and a
 * connection that does not answer is thrown away, which keeps a hanging database from using them all up.
 */
export function openWebhookStore(options: WebhookStoreOptions): WebhookStore {
  const pool = new Pool({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.storeTimeoutMs,
    application_name: 'freshet-webhooks',
    keepAlive: true,
  });
  pool.on('error', options.onIdleError);
  return {
    async store(webhooks) {
      const client = await pool.connect();
      // An error between two queries, which would otherwise end the process.
      client.on('error', options.onIdleError);
      let isUsable = false;
      try {
        const { rows } = await client.query<StoredRow>({
          name: 'store_webhooks',
          text: STORE_WEBHOOKS,
          values: storeParameters(webhooks),
        });
        isUsable = true;
        return readStored(rows);
      } catch (error) {
        isUsable = isOfStatement(error);
        throw error;
      } finally {
        client.off('error', options.onIdleError);
        client.release(!isUsable);
      }
    },
    close: () => pool.end(),
  };
}

/** Postgres has answered, and found something wrong with what it was given. */
export function isOfStatement(error: unknown): boolean {
  return /^(22|23|40|42|54)/.test(sqlStateOf(error));
}

/** A value of it is none that Postgres takes, now or ever. */
export function isOfValue(error: unknown): boolean {
  return /^(22|54)/.test(sqlStateOf(error));
}
