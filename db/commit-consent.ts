import { sql } from 'kysely';
import type { Database } from './connect.ts';

export interface ConsentCommit {
  readonly accountId: string;
  readonly connectionId: string;
  /** Null: the webhooks said nothing of it. */
  readonly status: 'active' | 'reauth_required' | 'gone' | null;
  readonly webhookIds: readonly string[];
}

/**
 * Stores how a connection's consent stands, and that these webhooks took effect on this account.
 */
export async function commitConsent(db: Database, commit: ConsentCommit): Promise<void> {
  const { accountId, connectionId, status, webhookIds } = commit;
  await db.transaction().execute(async (trx) => {
    if (status) {
      await trx
        .updateTable('connections')
        .set({ status, status_code: 'webhook', status_changed_at: sql<Date>`now()` })
        .where('id', '=', connectionId)
        .where('status', 'not in', [status, 'unlinked'])
        .execute();
    }
    await trx
      .updateTable('webhook_effects')
      .set({ applied_at: sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('product', '=', 'connection')
      .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
      .execute();
  });
}
