import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { AccountSettingsJson } from '../schema.ts';

export interface NewLinkSession {
  /** From `newId`. */
  readonly id: string;
  readonly provider: string;
  /** The connection to log in to again; null: a first link. */
  readonly connectionId: string | null;
  readonly reference: string | null;
  /** Null: nothing was said. */
  readonly settings: AccountSettingsJson | null;
  readonly newAccounts: 'offer' | 'link' | null;
  readonly sessionHash: Buffer;
  /** Sealed. */
  readonly secret: Buffer;
  readonly expiresAt: string;
}

/** Stores a session that its provider has begun. Webhooks that were faster count as its own. */
export async function createLinkSession(db: Database, session: NewLinkSession): Promise<void> {
  const { id, provider, sessionHash, settings } = session;
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('link_sessions')
      .values({
        id,
        provider,
        connection_id: session.connectionId,
        reference: session.reference,
        account_settings: settings && JSON.stringify(settings),
        new_accounts: session.newAccounts,
        session_hash: sessionHash,
        secret: session.secret,
        expires_at: session.expiresAt,
      })
      .execute();
    await sql`
      update inbound_webhooks set outcome = 'accepted'
      where outcome = 'unmatched' and id in (
        select webhook_id from link_webhooks
        where provider = ${provider} and session_hash = ${sessionHash})`.execute(trx);
  });
}
