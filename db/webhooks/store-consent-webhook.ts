import { CompiledQuery, sql } from 'kysely';
import type { Transaction } from 'kysely';
import type { Database } from '../connect.ts';
import { somethingNew } from '../consents/consent.ts';
import type { ConnectionToRun } from '../connections/connection-to-run.ts';
import { requestChecks } from '../connections/request-check.ts';
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
  type WebhookReading,
  type WebhookToStore,
} from './store-webhooks.ts';

export interface StoredConsentWebhook {
  readonly stored: StoredWebhooks;
  /** Those whose provider is to be asked. */
  readonly connections: readonly ConnectionToRun[];
}

/**
 * Stores a webhook about the consent of a connection, or about link sessions, as `STORE_WEBHOOKS` does. Where the connection's accounts are
 * not known, it has them looked for anew, which reads how the consent stands: what an earlier look has
 * found, or will, does not count.
 */
export async function storeConsentWebhook(
  db: Database,
  webhook: WebhookToStore,
): Promise<StoredConsentWebhook> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await trx.executeQuery<StoredRow>(
      CompiledQuery.raw(STORE_WEBHOOKS, storeParameters([webhook])),
    );
    const effects = readStored(rows).get(webhook.id);
    if (!effects) return { stored: new Map(), connections: [] };
    const isOfSession = await noteLinkWebhook(trx, webhook);
    const connections = await askAgain(trx, webhook);
    // It may have waited for the commit of what was found: its accounts are there only now.
    const isOfConsent = webhook.products.includes('connection') || webhook.asksProvider;
    const added = isOfConsent ? await addEffects(trx, webhook) : [];
    if (isOfSession || connections.length > 0 || added.length > 0) {
      await trx
        .updateTable('inbound_webhooks')
        .set({ outcome: 'accepted' })
        .where('id', '=', webhook.id)
        .execute();
    }
    return { stored: new Map([[webhook.id, [...effects, ...added]]]), connections };
  });
}

/** Has the provider asked, where the webhook wants it, or the connection's accounts are not known. Answers with those that are. */
export async function askAgain(
  trx: Transaction<Schema>,
  webhook: Named & Pick<WebhookReading, 'products' | 'asksProvider'>,
): Promise<readonly ConnectionToRun[]> {
  const { products, asksProvider } = webhook;
  const looking = products.includes('connection') || asksProvider;
  const concerned = connectionConcerned(trx, webhook);
  return [
    ...(looking ? await lookAgain(trx, webhook) : []),
    ...(asksProvider ? await requestChecks(trx).where('id', 'in', concerned).execute() : []),
  ];
}

/** Has the accounts of the connection looked for anew, where they are not known. */
async function lookAgain(trx: Transaction<Schema>, webhook: Named): Promise<ConnectionToRun[]> {
  return await trx
    .updateTable('connections')
    .set({
      ...somethingNew(),
      status: 'linking',
      status_code: sql`case when status = 'linking' then status_code end`,
      status_changed_at: sql<Date>`case when status = 'linking' then status_changed_at else now() end`,
    })
    .where('id', 'in', connectionConcerned(trx, webhook))
    .where(areUnknown)
    .returning(['id', 'provider'])
    .execute();
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
