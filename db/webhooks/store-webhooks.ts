import type { NamedLinkSession } from '../link-sessions/note-link-webhook.ts';
import type { EffectProduct } from '../schema.ts';

/** What a webhook says. */
export interface WebhookReading {
  readonly type: string;
  readonly occurredAt: string | null;
  readonly readable: boolean;
  readonly understood: boolean;
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
  readonly products: readonly EffectProduct[];
  /** The provider is to be asked how the connection stands. */
  readonly asksProvider: boolean;
  /** Of which link sessions it tells. */
  readonly linkSessions?: readonly NamedLinkSession[];
}

/** A verified webhook, ready to be stored. */
export interface WebhookToStore extends WebhookReading {
  /** Chosen by the caller, since the body is sealed for its row. */
  readonly id: string;
  readonly provider: string;
  readonly dedupeKey: string;
  /** As it is to be stored: see `credentials/webhook-body.ts`. */
  readonly body: Buffer;
  readonly body_sealed: boolean;
  /** The size of the body as it arrived. */
  readonly bytes: number;
}

export interface StoredEffect {
  readonly accountId: string;
  readonly product: EffectProduct;
}

/**
 * What was stored, by the id that it was to get, and what it has to do now: nothing where the product is not kept. What is missing had been stored
 * before, under another id.
 */
export type StoredWebhooks = ReadonlyMap<string, readonly StoredEffect[]>;

/** A row of the answer: one for each effect, or one without an account where there is none. */
export interface StoredRow {
  readonly id: string;
  readonly account_id: string | null;
  readonly product: EffectProduct | null;
}

/**
 * Stores webhooks and what each has to do for every account that it concerns, in one statement: one round
 * trip and one commit for all. No two of them may have the same key. The order in which they are inserted is that
 * of their keys, so that two instances with the same ones wait for each other and never form a ring. `offset 0` has what
 * webhooks name looked up first: joined in another order, all webhooks of a provider meet all of its connections.
 * Also where a role or a database commits without waiting for the disk, this does.
 */
export const STORE_WEBHOOKS = `
with incoming as materialized (
  select * from json_to_recordset($1::json) as t(id uuid, provider text, dedupe_key text, type text,
    occurred_at timestamptz, connection text, account text, body_from int, body_length int,
    body_sealed boolean, body_bytes int, products text, understood boolean, outcome text)
),
named as (
  select i.id as webhook_id, i.provider, i.connection, i.products as told,
    a.id as account_id, a.products, a.connection_id
  from incoming i join accounts a on a.provider = i.provider and a.provider_account_id = i.account
  where a.unlinked_at is null
  offset 0
),
logins as (
  select i.id as webhook_id, i.provider, i.products as told, c.id as connection_id
  from incoming i join connections c
    on c.provider = i.provider and c.provider_connection_id = i.connection
  where i.account is null and c.unlinked_at is null
  offset 0
),
concerned as materialized (
  select n.webhook_id, n.told, n.account_id, n.products
  from named n join connections c on c.id = n.connection_id
  where c.provider = n.provider and c.unlinked_at is null
    and (n.connection is null or c.provider_connection_id = n.connection)
  union all
  select l.webhook_id, l.told, a.id, a.products
  from logins l join accounts a on a.connection_id = l.connection_id
  where a.provider = l.provider and a.unlinked_at is null
),
wanted as materialized (
  select webhook_id, account_id, product, product = any(products || 'connection'::text) as is_kept
  from concerned cross join lateral unnest(string_to_array(told, ',')) as product
),
stored as (
  insert into inbound_webhooks (id, provider, dedupe_key, type, occurred_at, provider_connection_id,
    provider_account_id, body, body_sealed, body_bytes, understood, outcome)
  select id, provider, dedupe_key, type, occurred_at, connection, account,
    substring($2::bytea from body_from for body_length), body_sealed, body_bytes, understood, case
      when outcome is not null then outcome
      when id not in (select webhook_id from concerned) then 'unmatched'
      else 'accepted' end
  from incoming order by provider, dedupe_key
  on conflict (provider, dedupe_key) do nothing
  returning id
),
effects as (
  insert into webhook_effects (webhook_id, account_id, product)
  select wanted.webhook_id, wanted.account_id, wanted.product
  from stored join wanted on wanted.webhook_id = stored.id
)
select stored.id, wanted.account_id, wanted.product, set_config('synchronous_commit',
    case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
      else current_setting('synchronous_commit') end, true)
from stored left join wanted on wanted.webhook_id = stored.id and wanted.is_kept`;

/**
 * The parameters of `STORE_WEBHOOKS`. The bodies go end to end as one, which travels as bytes: in an array, or in JSON,
 * they would be written out in hexadecimal.
 */
export function storeParameters(webhooks: readonly WebhookToStore[]): [string, Buffer] {
  let end = 1;
  const rows = webhooks.map((webhook) => {
    const { id, provider, type, understood, products } = webhook;
    const from = end;
    end += webhook.body.length;
    return {
      id,
      provider,
      dedupe_key: webhook.dedupeKey,
      type,
      occurred_at: webhook.occurredAt,
      connection: webhook.providerConnectionId,
      account: webhook.providerAccountId,
      body_from: from,
      body_length: webhook.body.length,
      body_sealed: webhook.body_sealed,
      body_bytes: webhook.bytes,
      products: products.join(','),
      understood,
      outcome: outcomeOf(webhook),
    };
  });
  return [JSON.stringify(rows), Buffer.concat(webhooks.map(({ body }) => body))];
}

export function readStored(rows: readonly StoredRow[]): StoredWebhooks {
  const stored = new Map<string, StoredEffect[]>();
  for (const { id, account_id: accountId, product } of rows) {
    const effects = stored.get(id) ?? [];
    if (accountId !== null && product !== null) effects.push({ accountId, product });
    stored.set(id, effects);
  }
  return stored;
}

/** Whether it changes nothing, whomever it names. */
export const isWithoutEffect = (reading: WebhookReading): boolean =>
  reading.products.length === 0 && !reading.asksProvider && !reading.linkSessions?.length;

/** Null: it depends on the accounts that it concerns. */
function outcomeOf(webhook: WebhookReading): string | null {
  if (!webhook.readable) return 'unreadable';
  return isWithoutEffect(webhook) ? 'no_effect' : null;
}
