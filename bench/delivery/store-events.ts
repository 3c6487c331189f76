import { sql } from 'kysely';
import type { Database } from '../../db/connect.ts';

/** Accounts with a balance each, of a bank that nobody calls. */
export async function storeAccounts(db: Database, count: number): Promise<void> {
  await sql`
    with connection as (
      insert into connections (provider, provider_connection_id, status)
      select 'okra', 'bench-' || n, 'active' from generate_series(1, ${count}) n returning id
    ), account as (
      insert into accounts (connection_id, provider, provider_account_id, currency, products, status)
      select id, 'okra', 'bench', 'NGN', '{balance,transaction}', 'active' from connection returning id
    ), run as (
      insert into sync_runs (id, account_id, product, triggers, scope, status, finished_at, data_as_of, added)
      select uuidv7(), id, 'balance', '{schedule}', 'full', 'succeeded', now(), now(), 1 from account
      returning id, account_id
    )
    insert into balances (account_id, available, current, currency, data_as_of, source, raw, sync_run_id)
    select account_id, 1074693.25, 1074693.25, 'NGN', now(), 'fetch', '{}', id from run`.execute(
    db,
  );
}

/**
 * Events of syncs that changed a balance, `count` over all accounts in turn, and their deliveries to every
 * endpoint: as the syncs would have stored them. Nobody is woken.
 */
export async function storeEvents(db: Database, count: number): Promise<void> {
  await sql`
    with account as (
      select id, connection_id, sync_run_id, row_number() over (order by id) - 1 as place, event_sequence,
        count(*) over () as accounts
      from accounts join balances on account_id = id
    ), event as (
      insert into events (type, connection_id, account_id, sequence, sync_run_id, triggers, data)
      select 'balance.success', connection_id, id, event_sequence + 1 + n / accounts, sync_run_id, '{schedule}',
        jsonb_build_object('changed', true, 'data_as_of', now())
      from generate_series(0, ${count}::bigint - 1) n
      join account on place = n % accounts
      order by n
      returning id, created_at
    ), counted as (
      update accounts set event_sequence = event_sequence + ceil(${count}::numeric / (select accounts from account limit 1))
    )
    insert into deliveries (endpoint_id, event_id, next_attempt_at)
    select endpoint.id, event.id, event.created_at
    from event, webhook_endpoints endpoint where deleted_at is null order by event.id`.execute(db);
  await sql`vacuum (analyze) events, deliveries, delivery_attempts, accounts`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** Endpoints at these URLs, instead of those before. */
export async function storeEndpoints(db: Database, urls: readonly string[]): Promise<void> {
  await sql`truncate deliveries, delivery_attempts, webhook_endpoints, delivery_wakes, events`.execute(
    db,
  );
  await db
    .insertInto('webhook_endpoints')
    .values(urls.map((url) => ({ url })))
    .execute();
}

/** As whoever stores events does. */
export async function wakeEndpoints(db: Database): Promise<void> {
  await sql`insert into delivery_wakes select id from webhook_endpoints where deleted_at is null`.execute(
    db,
  );
}
