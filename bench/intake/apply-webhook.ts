import type { Pool } from 'pg';
import type { KeyRing } from '../../credentials/key-ring.ts';
import { openCredentials } from '../../credentials/open-credentials.ts';
import type { AccountRef, JsonValue, Provider, ProviderBalance } from '../../providers/provider.ts';
import { unmetered } from '../../providers/unmetered.ts';
import { COLUMN_NAMES, COLUMNS, rowOf } from '../backfill/columns.ts';
import type { NaiveActivities } from './naive-workflows.ts';

interface Deps {
  readonly pool: Pool;
  readonly keyRing: KeyRing;
  readonly provider: Provider;
}

interface Found {
  readonly accountId: string;
  readonly ref: AccountRef;
}

/**
 * Puts one stored webhook into effect: a balance as it came, transactions as the bank's record holds
 * them. Older never overwrites newer. Nothing is recorded of the sync itself.
 */
export function applyWebhook(deps: Deps): NaiveActivities['applyWebhook'] {
  return async (webhookId) => {
    const { pool, provider } = deps;
    const { rows } = await pool.query<{ body: Buffer }>(
      'select body from inbound_webhooks where id = $1',
      [webhookId],
    );
    const [webhook] = rows;
    if (!webhook) throw new Error('no such webhook');
    const { providerConnectionId, effects } = provider.translateWebhook(webhook.body);
    const found = await findAccount(deps, providerConnectionId);
    for (const effect of effects) {
      if (effect.kind === 'balance') await upsertBalance(deps, found, effect.balance, webhookId);
      else if (effect.kind === 'changed' && effect.hint !== null) {
        await upsertRecord(deps, found, effect.hint, webhookId);
      } else throw new Error(`nothing here applies ${effect.kind}`);
    }
  };
}

const FIND = `
  select a.id as account_id, a.provider_account_id, c.id, c.provider, c.provider_connection_id, c.credentials
  from connections c join accounts a on a.connection_id = c.id
  where c.provider_connection_id = $1`;

async function findAccount({ pool, keyRing }: Deps, connectionId: string | null): Promise<Found> {
  const { rows } = await pool.query<{
    account_id: string;
    provider_account_id: string;
    id: string;
    provider: string;
    provider_connection_id: string;
    credentials: Buffer;
  }>(FIND, [connectionId]);
  const [row] = rows;
  if (!row) throw new Error('no such account');
  return {
    accountId: row.account_id,
    ref: {
      providerAccountId: row.provider_account_id,
      providerConnectionId: row.provider_connection_id,
      credentials: openCredentials(keyRing, row),
    },
  };
}

const UPSERT_BALANCE = `
  insert into balances as b
    (account_id, available, current, credit_limit, currency, data_as_of, source, raw, sync_run_id)
  values ($1, $2, $3, $4, $5, $6, 'webhook', $7, $8)
  on conflict (account_id) do update set
    available = excluded.available, current = excluded.current, credit_limit = excluded.credit_limit,
    currency = excluded.currency, data_as_of = excluded.data_as_of, source = excluded.source,
    raw = excluded.raw, changed_at = now(), sync_run_id = excluded.sync_run_id
  where b.data_as_of <= excluded.data_as_of`;

async function upsertBalance(
  { pool }: Deps,
  { accountId }: Found,
  balance: ProviderBalance,
  webhookId: string,
): Promise<void> {
  const { available, current, limit, currency, dataAsOf, raw } = balance;
  const values = [available, current, limit, currency, dataAsOf, raw];
  await pool.query(UPSERT_BALANCE, [accountId, ...values, webhookId]);
}

/** `raw` goes as text within the JSON, and is JSON again in its column. */
const UPSERT_TRANSACTIONS = `
  insert into transactions as t (account_id, sync_run_id, ${COLUMN_NAMES.join(', ')})
  select $1, $2, ${COLUMN_NAMES.map((name) => (name === 'raw' ? 'raw::json' : name)).join(', ')}
  from jsonb_to_recordset($3::jsonb) as page(${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${name === 'raw' ? 'text' : type}`)
    .join(', ')})
  on conflict (account_id, provider_transaction_id) do update set
    ${COLUMN_NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}
  where t.provider_updated_at <= excluded.provider_updated_at`;

async function upsertRecord(
  { pool, provider }: Deps,
  { accountId, ref }: Found,
  hint: JsonValue,
  webhookId: string,
): Promise<void> {
  const context = unmetered(AbortSignal.timeout(60_000));
  const query = { scope: 'hint', hint } as const;
  const pages = provider.fetchTransactions(ref, query, { refresh: false }, context);
  for await (const { upserts } of pages) {
    const rows = JSON.stringify(upserts.map(rowOf));
    await pool.query(UPSERT_TRANSACTIONS, [accountId, webhookId, rows]);
  }
}
