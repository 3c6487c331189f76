import { CompiledQuery, sql } from 'kysely';
import type { Transaction } from 'kysely';
import type { Database } from '../connect.ts';
import { somethingNew } from '../consents/consent.ts';
import { noteLinkWebhook } from '../link-sessions/note-link-webhook.ts';
import type { Schema } from '../schema.ts';
import { accountsConcerned, connectionConcerned, type Named } from './find-concerned.ts';
import {
  readStored,
  STORE_WEBHOOKS,
  storeParameters,
  type StoredEffect,
  type StoredRow,
  type StoredWebhooks,
  type WebhookToStore,
} from './store-webhooks.ts';

/**
 * Stores a webhook about the consent of a connection, or about link sessions, as `STORE_WEBHOOKS` does. Where the connection's accounts are
 * not known, it has them looked for anew, which reads how the consent stands: what an earlier look has
 * found, or will, does not count.
 */
export async function storeConsentWebhook(
  db: Database,
  webhook: WebhookToStore,
): Promise<StoredWebhooks> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await trx.executeQuery<StoredRow>(
      CompiledQuery.raw(STORE_WEBHOOKS, storeParameters([webhook])),
    );
    const effects = readStored(rows).get(webhook.id);
    if (!effects) return new Map();
    const isOfSession = await noteLinkWebhook(trx, webhook);
    const isOfConsent = webhook.products.includes('connection');
    const isLookedFor = isOfConsent && (await lookAgain(trx, webhook));
    // It may have waited for the commit of what was found: its accounts are there only now.
    const added = isOfConsent ? await addEffects(trx, webhook) : [];
    if (isOfSession || isLookedFor || added.length > 0) {
      await trx
        .updateTable('inbound_webhooks')
        .set({ outcome: 'accepted' })
        .where('id', '=', webhook.id)
        .execute();
    }
    return new Map([[webhook.id, [...effects, ...added]]]);
  });
}

/**
 * Has the accounts of the connection that a webhook of its consent tells of looked for anew, where they are not known.
 * Answers whether they are.
 */
export async function lookAgain(trx: Transaction<Schema>, webhook: Named): Promise<boolean> {
  const looking = await trx
    .updateTable('connections')
    .set({
      ...somethingNew(),
      status: 'linking',
      status_code: sql`case when status = 'linking' then status_code end`,
      status_changed_at: sql<Date>`case when status = 'linking' then status_changed_at else now() end`,
    })
    .where('id', 'in', connectionConcerned(trx, webhook))
    .where(areUnknown)
    .returning('id')
    .execute();
  return looking.length > 0;
}

/** Whether a connection's accounts are not known. Postgres asks again where it had to wait for the row. */
const areUnknown = sql<boolean>`(status = 'linking'
  or (status in ('reauth_required', 'gone') and accounts_checked_at is null))`;

async function addEffects(
  trx: Transaction<Schema>,
  webhook: WebhookToStore,
): Promise<StoredEffect[]> {
  return await trx
    .insertInto('webhook_effects')
    .columns(['webhook_id', 'account_id', 'product'])
    .expression(
      trx
        .selectFrom(accountsConcerned(trx, webhook).as('concerned'))
        .select([
          sql<string>`${webhook.id}::uuid`.as('webhook_id'),
          'concerned.id as account_id',
          sql<'connection'>`'connection'`.as('product'),
        ]),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['account_id as accountId', 'product'])
    .execute();
}
