import { sql, type RawBuilder } from 'kysely';
import { accountsToRun, type AccountToRun } from '../accounts/account-to-run.ts';
import type { Database } from '../connect.ts';
import { somethingNew } from '../consents/consent.ts';
import type { EffectProduct, WebhookOutcome } from '../schema.ts';

export interface WebhookToStore {
  readonly provider: string;
  readonly dedupeKey: string;
  readonly type: string;
  readonly occurredAt: string | null;
  /** The body exactly as it arrived. */
  readonly body: Uint8Array;
  readonly readable: boolean;
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
  readonly products: readonly EffectProduct[];
}

export interface StoredEffect {
  readonly accountId: string;
  readonly product: EffectProduct;
  /** As it stood when the webhook was stored; left out for a webhook that was stored before. */
  readonly account?: AccountToRun;
}

export interface StoredWebhook {
  /** Null when it had been stored before and nothing more is to be done. */
  readonly id: string | null;
  readonly effects: readonly StoredEffect[];
}

/**
 * Stores a verified webhook and what it has to do for each account that it concerns, in one
 * statement. Once this resolves it is durable. The same webhook again, also at the same moment on
 * another instance, is stored once.
 *
 * One about the consent of a connection whose accounts are not known has them looked for anew, which
 * reads how the consent stands: what an earlier look has found, or will, does not count.
 */
export async function storeWebhook(db: Database, webhook: WebhookToStore): Promise<StoredWebhook> {
  const rows = await db
    .with('concerned', (db) => accountsConcerned(db, webhook))
    .with('wanted', (db) =>
      db
        .selectFrom('concerned')
        .innerJoin(
          sql<{ product: EffectProduct }>`unnest(${[...webhook.products]}::text[])`.as<'told'>(
            sql`told(product)`,
          ),
          (join) =>
            join.on(sql<boolean>`told.product = any(concerned.products || 'connection'::text)`),
        )
        .select(['concerned.id as account_id', 'told.product as product']),
    )
    .with('looking', (db) => connectionLooking(db, webhook))
    .with('stored', (db) =>
      db
        .insertInto('inbound_webhooks')
        .values({
          provider: webhook.provider,
          dedupe_key: webhook.dedupeKey,
          type: webhook.type,
          occurred_at: webhook.occurredAt,
          provider_connection_id: webhook.providerConnectionId,
          provider_account_id: webhook.providerAccountId,
          body: Buffer.from(webhook.body),
          outcome: outcomeOf(webhook),
        })
        .onConflict((conflict) => conflict.columns(['provider', 'dedupe_key']).doNothing())
        .returning('id'),
    )
    .with('looking_again', (db) =>
      db
        .updateTable('connections')
        .set({
          ...somethingNew(),
          status: 'linking',
          status_code: sql`case when status = 'linking' then status_code end`,
          status_changed_at: sql<Date>`case when status = 'linking' then status_changed_at else now() end`,
        })
        .where('id', 'in', (eb) => eb.selectFrom('looking').select('looking.id'))
        .where((eb) => eb.exists(eb.selectFrom('stored').select('stored.id')))
        // Looked at again where it had to wait for the commit of what was found.
        .where(isLooking),
    )
    .with('effects', (db) =>
      db
        .insertInto('webhook_effects')
        .columns(['webhook_id', 'account_id', 'product'])
        .expression((eb) =>
          eb
            .selectFrom('stored')
            .innerJoin('wanted', (join) => join.onTrue())
            .select(['stored.id', 'wanted.account_id', 'wanted.product']),
        ),
    )
    .selectFrom('stored')
    .leftJoin('wanted', (join) => join.onTrue())
    .leftJoin('concerned', 'concerned.id', 'wanted.account_id')
    .selectAll('concerned')
    .select(['stored.id as webhook_id', 'wanted.product as product'])
    .execute();
  const [first] = rows;
  if (!first) return await storeAgain(db, webhook);
  const effects = rows.flatMap(({ product, ...account }) =>
    product === null || account.id === null
      ? []
      : [{ accountId: account.id, product, account: account as AccountToRun }],
  );
  return { id: first.webhook_id, effects };
}

function accountsConcerned(db: Pick<Database, 'selectFrom'>, webhook: WebhookToStore) {
  const { provider, providerConnectionId, providerAccountId } = webhook;
  return accountsToRun(db)
    .where('accounts.provider', '=', provider)
    .where('connections.provider', '=', provider)
    .where('connections.unlinked_at', 'is', null)
    .where('accounts.unlinked_at', 'is', null)
    .$if(providerConnectionId !== null, (query) =>
      query.where('connections.provider_connection_id', '=', providerConnectionId),
    )
    .$if(providerAccountId !== null, (query) =>
      query.where('accounts.provider_account_id', '=', providerAccountId),
    )
    .$if(providerConnectionId === null && providerAccountId === null, (query) =>
      query.where(sql<boolean>`false`),
    );
}

/** The connection whose accounts are not known, where the webhook tells of its consent. */
function connectionLooking(db: Pick<Database, 'selectFrom'>, webhook: WebhookToStore) {
  const { provider, providerConnectionId, providerAccountId, products } = webhook;
  return db
    .selectFrom('connections')
    .where(sql<boolean>`${products.includes('connection')}`)
    .where('provider', '=', provider)
    .where('unlinked_at', 'is', null)
    .where(isLooking)
    .$if(providerConnectionId !== null, (query) =>
      query.where('provider_connection_id', '=', providerConnectionId),
    )
    .$if(providerConnectionId === null, (query) =>
      query.where('id', 'in', (eb) =>
        eb
          .selectFrom('accounts')
          .where('accounts.provider', '=', provider)
          .where('accounts.provider_account_id', '=', providerAccountId)
          .where('accounts.unlinked_at', 'is', null)
          .select('accounts.connection_id'),
      ),
    )
    .select('id');
}

const isLooking = sql<boolean>`(status = 'linking'
  or (status in ('reauth_required', 'gone') and accounts_checked_at is null))`;

/**
 * A webhook that was stored before has no new effect. But one to which its provider gives no time can
 * tell of another event in the same words: then what it points to is looked at again.
 */
async function storeAgain(db: Database, webhook: WebhookToStore): Promise<StoredWebhook> {
  if (webhook.occurredAt !== null) return { id: null, effects: [] };
  const reopened = await db
    .updateTable('webhook_effects')
    .from('inbound_webhooks')
    .whereRef('inbound_webhooks.id', '=', 'webhook_effects.webhook_id')
    .where('inbound_webhooks.provider', '=', webhook.provider)
    .where('inbound_webhooks.dedupe_key', '=', webhook.dedupeKey)
    .where('webhook_effects.applied_at', 'is not', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('accounts')
          .whereRef('accounts.id', '=', 'webhook_effects.account_id')
          .where('accounts.unlinked_at', 'is', null),
      ),
    )
    .set({ applied_at: null, signalled_at: null, sync_run_id: null })
    .returning([
      'webhook_effects.webhook_id as id',
      'webhook_effects.account_id as accountId',
      'webhook_effects.product',
    ])
    .execute();
  const effects = reopened.map(({ accountId, product }) => ({ accountId, product }));
  return { id: reopened[0]?.id ?? null, effects };
}

/** What became of it, as SQL that looks at the accounts it concerns. */
function outcomeOf({
  readable,
  products,
}: WebhookToStore): WebhookOutcome | RawBuilder<WebhookOutcome> {
  if (!readable) return 'unreadable';
  if (products.length === 0) return 'no_effect';
  return sql<WebhookOutcome>`case
    when exists (select from looking) then 'accepted'
    when not exists (select from concerned) then 'unmatched'
    when not exists (select from wanted) then 'no_effect'
    else 'accepted' end`;
}
