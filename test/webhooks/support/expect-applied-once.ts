import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../../db/connect.ts';
import { translateWebhook } from '../../../providers/okra/webhooks.ts';
import { eventually } from '../../support/eventually.ts';

/** Waits until every stored webhook has taken effect. */
export async function untilApplied(db: Database, timeoutMs: number): Promise<void> {
  let left: unknown;
  await eventually(
    async () => {
      const waiting = await db
        .selectFrom('webhook_effects')
        .innerJoin('accounts', 'accounts.id', 'webhook_effects.account_id')
        .where('applied_at', 'is', null)
        .groupBy(['product', 'accounts.status'])
        .select((eb) => [
          'product',
          'accounts.status',
          eb.fn.countAll<string>().as('effects'),
          eb.fn.count<string>('signalled_at').as('signalled'),
        ])
        .execute();
      left = waiting;
      return waiting.length === 0;
    },
    { timeoutMs, everyMs: 250 },
  ).catch((cause: unknown) => {
    throw new Error(`after ${timeoutMs} ms there wait ${JSON.stringify(left)}`, { cause });
  });
}

/**
 * Each of these bodies is stored, once, and nothing else is. One that has no time can tell of another event
 * in the same words: it may be stored anew whenever it is sent, and the one before then gives up its key.
 * @param attempts how often each was sent: once where not given.
 */
export async function expectStoredOnce(
  db: Database,
  bodies: Iterable<string>,
  attempts: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const sent = new Set(bodies);
  const rows = await db
    .selectFrom('inbound_webhooks')
    .select(['dedupe_key', 'occurred_at'])
    .execute();
  const stored = new Map<string, number>();
  for (const { dedupe_key: kept, occurred_at: at } of rows) {
    const key = at === null ? (kept.split(' ')[0] ?? '') : kept;
    stored.set(key, (stored.get(key) ?? 0) + 1);
  }
  const keys = new Set(rows.map((row) => row.dedupe_key));
  expect(keys.size).toBe(rows.length);
  expect(stored.size).toBe(sent.size);
  const wrong = [...sent].flatMap((body) => {
    const { dedupeKey, occurredAt } = translateWebhook(new TextEncoder().encode(body));
    const count = stored.get(dedupeKey) ?? 0;
    const most = occurredAt === null ? (attempts.get(body) ?? 1) : 1;
    return count >= 1 && count <= most ? [] : [{ dedupeKey, count, most }];
  });
  expect(wrong).toEqual([]);
}

/** Every effect was applied, by one sync that succeeded, and no sync has applied one twice. */
export async function expectAppliedOnce(db: Database): Promise<void> {
  const found = await sql`
    select e.webhook_id, e.product, e.applied_at, r.status
    from webhook_effects e left join sync_runs r
      on r.id = e.sync_run_id and r.account_id = e.account_id and r.product = e.product
    where e.applied_at is null
      or (e.product <> 'connection' and r.status is distinct from 'succeeded')
    limit 10`.execute(db);
  expect(found.rows).toEqual([]);

  const miscounted = await sql`
    select account_id, product, counted, applied from (
      select account_id, product, sum(webhooks) as counted from sync_runs
      where status = 'succeeded' group by account_id, product) runs
    full join (
      select account_id, product, count(*) as applied from webhook_effects
      where product <> 'connection'
      group by account_id, product) effects using (account_id, product)
    where coalesce(counted, 0) <> coalesce(applied, 0)
    limit 10`.execute(db);
  expect(miscounted.rows).toEqual([]);

  const repeated = await sql`
    select * from (
      select account_id, data_as_of,
        (available, current, currency) is not distinct from
          (lag(available) over told, lag(current) over told, lag(currency) over told) as same,
        data_as_of <= lag(data_as_of) over told as older
      from balance_history window told as (partition by account_id order by id)) history
    where same or older
    limit 10`.execute(db);
  expect(repeated.rows).toEqual([]);

  const twice = await sql`
    select account_id, provider_transaction_id from transactions
    group by account_id, provider_transaction_id having count(*) > 1
    limit 10`.execute(db);
  expect(twice.rows).toEqual([]);
}
