import { sql } from 'kysely';
import type { Database } from '../connect.ts';

export interface Signalled {
  readonly accountId: string;
  readonly webhookIds: readonly string[];
}

/** Notes that the accounts' workflows were told of these webhooks. */
export async function markSignalled(db: Database, signals: readonly Signalled[]): Promise<void> {
  const pairs = signals.flatMap(({ accountId, webhookIds }) =>
    webhookIds.map((webhookId) => ({ accountId, webhookId })),
  );
  await sql`
    update webhook_effects e set signalled_at = now(), tried_at = now()
    from unnest(${pairs.map(({ accountId }) => accountId)}::uuid[],
      ${pairs.map(({ webhookId }) => webhookId)}::uuid[]) as told(account_id, webhook_id)
    where e.account_id = told.account_id and e.webhook_id = told.webhook_id
      and e.applied_at is null`.execute(db);
}

/** Notes that the account's workflow could not be told of these webhooks. */
export async function markSignalFailed(
  db: Database,
  { accountId, webhookIds }: Signalled,
): Promise<void> {
  await db
    .updateTable('webhook_effects')
    .set({ tried_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where(sql<boolean>`webhook_id = any(${[...webhookIds]}::uuid[])`)
    .where('applied_at', 'is', null)
    .execute();
}
