import { sql } from 'kysely';
import type { Timestamp } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { learnt, type ConsentFound } from './consent.ts';
import { findConsent } from './find-consent.ts';

export interface ConsentSaid {
  readonly status: 'active' | 'reauth_required' | 'gone';
  /** The bank's time. */
  readonly asOf: Timestamp;
}

export interface ConsentCommit {
  readonly accountId: string;
  readonly connectionId: string;
  /** Null: the webhooks said nothing of it. */
  readonly said: ConsentSaid | null;
  /** When it runs out, as told last; null: they did not tell. */
  readonly expiresAt: Timestamp | null;
  readonly webhookIds: readonly string[];
}

/**
 * Stores how a connection's consent stands, unless something newer is known, and that these webhooks
 * took effect on this account. Answers with how it now stands.
 */
export async function commitConsent(db: Database, commit: ConsentCommit): Promise<ConsentFound> {
  const { accountId, connectionId, said, expiresAt, webhookIds } = commit;
  return await db.transaction().execute(async (trx) => {
    if (said) {
      await trx
        .updateTable('connections')
        .set({
          ...learnt(said.status, said.status === 'active' ? null : 'webhook'),
          status_as_of: said.asOf,
        })
        .where('id', '=', connectionId)
        .where('status', 'in', ['active', 'reauth_required', 'gone'])
        .where((eb) =>
          eb.or([
            eb('status_as_of', 'is', null),
            eb('status_as_of', '<', sql<Date>`${said.asOf}::timestamptz`),
            // What we found out bears our time, and clocks differ. That a log-in holds a sync proves.
            sql<boolean>`${said.status} = 'active' and status <> 'active' and status_code is distinct from 'webhook'
              and status_as_of - interval '2 minutes' < ${said.asOf}::timestamptz`,
            // Every account of the connection hears of it, and the first has stored it.
            sql<boolean>`status_as_of = ${said.asOf}::timestamptz and status != ${said.status}`,
            // A time in the future was a mistake.
            eb('status_as_of', '>', sql<Date>`now() + interval '10 minutes'`),
          ]),
        )
        .execute();
    }
    if (expiresAt !== null) {
      await trx
        .updateTable('connections')
        .set({ consent_expires_at: expiresAt })
        .where('id', '=', connectionId)
        .execute();
    }
    await trx
      .updateTable('webhook_effects')
      .set({ applied_at: sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('product', '=', 'connection')
      .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
      .execute();
    return await findConsent(trx, connectionId);
  });
}
