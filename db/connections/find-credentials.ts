import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { ConnectionStatus } from '../schema.ts';

/** A connection as far as calls to its provider are concerned. */
export interface Consent {
  readonly id: string;
  readonly provider: string;
  readonly provider_connection_id: string;
  /** Sealed. */
  readonly credentials: Buffer;
  readonly status: ConnectionStatus;
  readonly consent_version: number;
  readonly accounts_checked_at: Date | null;
  /** A webhook has asked for a look. */
  readonly check_requested_at: Date | null;
  readonly unlink_forced: boolean;
  /** By the database's clock: whatever the provider tells from here on was true then, or later. */
  readonly read_at: Date;
}

/**
 * What is needed to call the provider about a connection; undefined when there is none, or it is
 * unlinked.
 */
export async function findCredentials(
  db: Database,
  connectionId: string,
): Promise<Consent | undefined> {
  return await db
    .selectFrom('connections')
    .where('id', '=', connectionId)
    .where('credentials', 'is not', null)
    .select(['id', 'provider', 'provider_connection_id', 'credentials', 'status'])
    .select(['consent_version', 'accounts_checked_at', 'check_requested_at', 'unlink_forced'])
    .select(sql<Date>`now()`.as('read_at'))
    .$narrowType<{ credentials: Buffer }>()
    .executeTakeFirst();
}
