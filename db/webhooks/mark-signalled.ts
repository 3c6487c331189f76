import { sql } from 'kysely';
import type { Database } from '../connect.ts';

interface Signalled {
  readonly accountId: string;
  readonly webhookIds: readonly string[];
}

/** Notes that the account's workflow was told of these webhooks. */
export async function markSignalled(db: Database, signal: Signalled): Promise<void> {
  const now = sql<Date>`now()`;
  await waiting(db, signal).set({ signalled_at: now, tried_at: now }).execute();
}

/** Notes that the account's workflow could not be told of these webhooks. */
export async function markSignalFailed(db: Database, signal: Signalled): Promise<void> {
  await waiting(db, signal)
    .set({ tried_at: sql<Date>`now()` })
    .execute();
}

const waiting = (db: Database, { accountId, webhookIds }: Signalled) =>
  db
    .updateTable('webhook_effects')
    .where('account_id', '=', accountId)
    .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
    .where('applied_at', 'is', null);
