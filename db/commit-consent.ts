import { sql } from 'kysely';
import type { Timestamp } from '../providers/provider.ts';
import type { Database } from './connect.ts';
import { SyncRefused } from './open-sync-commit.ts';

type Consent = 'active' | 'reauth_required' | 'gone';

export interface ConsentCommit {
  readonly accountId: string;
  readonly connectionId: string;
  /** Null: the webhooks said nothing of it. `asOf` is the bank's time. */
  readonly said: { readonly status: Consent; readonly asOf: Timestamp } | null;
  readonly webhookIds: readonly string[];
}

/**
 * Stores how a connection's consent stands, unless something newer is known, and that these webhooks
 * took effect on this account. Answers with how it now stands. Throws `SyncRefused` once unlinked.
 */
export async function commitConsent(db: Database, commit: ConsentCommit): Promise<Consent> {
  const { accountId, connectionId, said, webhookIds } = commit;
  return await db.transaction().execute(async (trx) => {
    if (said) {
      await trx
        .updateTable('connections')
        .set({
          status: said.status,
          status_code: 'webhook',
          status_as_of: said.asOf,
          status_changed_at: sql<Date>`case when status = ${said.status} then status_changed_at else now() end`,
        })
        .where('id', '=', connectionId)
        .where('status', 'in', ['active', 'reauth_required', 'gone'])
        .where((eb) =>
          eb.or([
            eb('status_as_of', 'is', null),
            eb('status_as_of', '<=', sql<Date>`${said.asOf}::timestamptz`),
            // A time in the future was a mistake.
            eb('status_as_of', '>', sql<Date>`now() + interval '10 minutes'`),
          ]),
        )
        .execute();
    }
    await trx
      .updateTable('webhook_effects')
      .set({ applied_at: sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('product', '=', 'connection')
      .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
      .execute();
    const { status } = await trx
      .selectFrom('connections')
      .where('id', '=', connectionId)
      .select('status')
      .executeTakeFirstOrThrow();
    if (status === 'unlinked' || status === 'unlinking') throw new SyncRefused('account_unlinked');
    return status === 'linking' ? 'active' : status;
  });
}
