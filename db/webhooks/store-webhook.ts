import { sql, type RawBuilder } from 'kysely';
import type { AccountToRun } from '../accounts/account-to-run.ts';
import type { Database } from '../connect.ts';
import { somethingNew } from '../consents/consent.ts';
import type { EffectProduct, WebhookOutcome } from '../schema.ts';
import { accountsConcerned, connectionLooking, isLooking } from './find-concerned.ts';
import { storeAgain } from './store-again.ts';

type Queries = Pick<Database, 'selectFrom' | 'insertInto' | 'updateTable' | 'with'>;

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
  if (!webhook.products.includes('connection')) return await store(db, webhook);
  return await db.transaction().execute(async (trx) => {
    const stored = await store(trx, webhook);
    // It may have waited for the commit of what was found: its accounts are there only now.
    const { id, effects } = stored;
    return id === null ? stored : await addEffects(trx, { id, effects }, webhook);
  });
}

async function store(db: Queries, webhook: WebhookToStore): Promise<StoredWebhook> {
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

async function addEffects(
  db: Queries,
  { id, effects }: StoredWebhook & { readonly id: string },
  webhook: WebhookToStore,
): Promise<StoredWebhook> {
  const added = await db
    .insertInto('webhook_effects')
    .columns(['webhook_id', 'account_id', 'product'])
    .expression(
      db
        .selectFrom(accountsConcerned(db, webhook).as('concerned'))
        .select([
          sql<string>`${id}::uuid`.as('webhook_id'),
          'concerned.id as account_id',
          sql<EffectProduct>`'connection'`.as('product'),
        ]),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['account_id as accountId', 'product'])
    .execute();
  return { id, effects: [...effects, ...added] };
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
