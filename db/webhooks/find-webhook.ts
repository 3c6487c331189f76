import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { WEBHOOK_COLUMNS } from './list-webhooks.ts';
import { effectState, webhookState } from './webhook-state.ts';

export type WebhookLifeRow = NonNullable<Awaited<ReturnType<typeof findWebhook>>>;
export type WebhookEffectRow = Awaited<ReturnType<typeof effectsOfWebhook>>[number];

/** All that is known of a stored webhook, but its body; undefined where there is none of this id. */
export async function findWebhook(db: Database, id: string) {
  // Of one moment, so that its state is that of its effects.
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      const webhook = await trx
        .selectFrom('inbound_webhooks as w')
        .where('w.id', '=', id)
        .select(WEBHOOK_COLUMNS)
        .select(['w.dedupe_key', 'w.outcome', webhookState.as('state')])
        .executeTakeFirst();
      return webhook && { ...webhook, effects: await effectsOfWebhook(trx, id) };
    });
}

/** Its body as it is stored, to be opened by `credentials/webhook-body.ts`. */
export async function findWebhookBody(db: Database, id: string) {
  return await db
    .selectFrom('inbound_webhooks')
    .where('id', '=', id)
    .select(['id', 'provider', 'body', 'body_sealed'])
    .executeTakeFirst();
}

/** What it has to do, with what decides when: the account, and the sync that did it, or is the latest of the product. */
async function effectsOfWebhook(db: Pick<Database, 'selectFrom'>, webhookId: string) {
  return await db
    .selectFrom('webhook_effects as e')
    .innerJoin('accounts as a', 'a.id', 'e.account_id')
    .leftJoin('sync_runs as s', (join) =>
      join.on(sql<boolean>`s.id = case when e.applied_at is not null then e.sync_run_id else (
        select id from sync_runs latest
        where latest.account_id = e.account_id and latest.product = e.product
          and (latest.status <> 'failed' or latest.finished_at >= e.signalled_at)
        order by id desc limit 1) end`),
    )
    .where('e.webhook_id', '=', webhookId)
    .orderBy('e.account_id')
    .orderBy('e.product')
    .select([
      'e.account_id',
      'e.product',
      'e.signalled_at',
      'e.tried_at',
      'e.applied_at',
      'e.sync_run_id',
      'a.status as account_status',
      'a.pause_reason',
      'a.unlinked_at',
      's.id as sync_id',
      's.status as sync_status',
      's.started_at as sync_started_at',
      's.finished_at as sync_finished_at',
      's.error_code as sync_error_code',
    ])
    .select(effectState.as('state'))
    .execute();
}
