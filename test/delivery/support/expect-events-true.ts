import { sql, type RawBuilder } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../../db/connect.ts';

/** A row for each transaction that an event names. */
const NAMED = sql`(
  select events.id as event_id, account_id, sync_run_id, kind, transaction_id
  from events cross join lateral (
    select 'added' as kind, unnest(added) as transaction_id
    union all select 'changed', unnest(changed)
    union all select 'removed', unnest(removed)
  ) named
)`;

/**
 * A row for each transaction that a sync added, changed or removed. Which one added it is told by the time: all of a
 * database transaction have the same.
 */
const DONE = sql`(
  select transactions.id as transaction_id, transactions.account_id, run.id as sync_run_id,
    'added' as kind
  from transactions left join sync_runs run on run.account_id = transactions.account_id
    and run.product = 'transaction' and run.finished_at = transactions.first_seen_at
  union all
  (select distinct on (transaction_id, change.sync_run_id) transaction_id, account_id,
    change.sync_run_id, case kind when 'removed' then 'removed' else 'changed' end
  from transaction_changes change join transactions on transactions.id = transaction_id
  order by transaction_id, change.sync_run_id, change.id desc)
)`;

/** What must not be: each finds nothing where all is well. */
const MISTAKES: Readonly<Record<string, RawBuilder<unknown>>> = {
  'a sequence with a hole': sql`
    select accounts.id, event_sequence, count(sequence), min(sequence), max(sequence)
    from accounts left join events on events.account_id = accounts.id
    group by accounts.id
    having min(sequence) <> 1 or max(sequence) <> count(*) or count(distinct sequence) <> count(*)
      or event_sequence is distinct from max(sequence)`,
  'an account or a connection that was not told to be linked once': sql`
    select accounts.id, count(events.id) from accounts
    left join events on events.account_id = accounts.id and events.type = 'account.linked'
    group by accounts.id having count(events.id) <> 1
    union all
    select connections.id, count(events.id) from connections
    left join events on events.connection_id = connections.id
      and events.type = 'connection.linked'
    group by connections.id having count(events.id) <> 1`,
  'a change of a balance without its one event': sql`
    select history.account_id, history.sync_run_id, count(events.id) from balance_history history
    left join events on events.sync_run_id = history.sync_run_id
      and events.account_id = history.account_id and events.type = 'balance.success'
      and data ->> 'changed' = 'true'
    group by history.id having count(events.id) <> 1`,
  'an event of a change of a balance that was none, or none of one that was': sql`
    select events.id from events
    left join balance_history history on history.sync_run_id = events.sync_run_id
    where type = 'balance.success' and (data ->> 'changed' = 'true') <> (history.id is not null)`,
  'a transaction that a sync touched, and its events do not name so': sql`
    select * from ${DONE} done where not exists (
      select from ${NAMED} named where (named.account_id, sync_run_id, kind, transaction_id)
        = (done.account_id, done.sync_run_id, done.kind, done.transaction_id))`,
  'a transaction that an event names, and its sync did not touch so': sql`
    select * from ${NAMED} named where not exists (
      select from ${DONE} done where (done.account_id, sync_run_id, kind, transaction_id)
        = (named.account_id, named.sync_run_id, named.kind, named.transaction_id))`,
  'a transaction that the events of one sync name twice': sql`
    select sync_run_id, transaction_id, count(*) from ${NAMED} named
    group by sync_run_id, transaction_id having count(*) > 1`,
  'a sync without its events, or with others': sql`
    select run.id, run.product, run.status, added, changed, removed, told
    from sync_runs run cross join lateral (
      select array_agg(type order by events.id) filter (where type = run.product || '.' ||
          case run.status when 'succeeded' then 'success' else run.status end) as told,
        count(*) as events, coalesce(bool_and(events.account_id = run.account_id
          and events.triggers = run.triggers), true) as alike,
        count(distinct data -> 'part') as parts, max((data -> 'parts')::int) as of_parts
      from events where sync_run_id = run.id
    ) event
    where events <> coalesce(cardinality(told), 0) or not alike or case
      when run.status = 'running' then events <> 0
      when run.status = 'failed' or run.product = 'balance' then events <> 1
      else (added + changed + removed > 0) <> (events > 0)
        or (events > 0 and (parts <> events or of_parts <> events))
    end`,
  'counts that are not those of what is named': sql`
    select run.id, added, changed, removed, counts from sync_runs run
    join lateral (
      select (array_agg(data -> 'counts'))[1] as counts, jsonb_build_object(
          'added', sum(cardinality(events.added)), 'changed', sum(cardinality(events.changed)),
          'removed', sum(cardinality(events.removed))) as named
      from events where sync_run_id = run.id and type = 'transaction.success'
    ) event on counts is not null
    where counts <> named or added <> (counts -> 'added')::int`,
  'an event of a sync that is not there': sql`
    select id, type from events where sync_run_id is not null
      and not exists (select from sync_runs where id = events.sync_run_id)`,
  'a delivery whose attempts are not numbered': sql`
    select endpoint_id, event_id, attempts, array_agg(number order by number) as numbers
    from deliveries left join delivery_attempts using (endpoint_id, event_id)
    group by endpoint_id, event_id
    having attempts <> count(number) or attempts <> coalesce(max(number), 0)
      or (attempts > 0 and min(number) <> 1)`,
  'a delivery that was delivered without an answer that says so': sql`
    select endpoint_id, event_id from deliveries where status = 'delivered' and not exists (
      select from delivery_attempts attempt where attempt.endpoint_id = deliveries.endpoint_id
        and attempt.event_id = deliveries.event_id and status_code between 200 and 299)`,
};

/**
 * That every change that was committed has its event, and every event tells of what was committed; for endpoints of
 * which one wants to hear of balances that have not changed, and none of transactions.
 */
export async function expectEventsTrue(db: Database): Promise<void> {
  const found: Record<string, unknown> = {};
  for (const [mistake, query] of Object.entries(MISTAKES)) {
    const { rows } = await sql`select * from (${query}) mistake limit 5`.execute(db);
    if (rows.length > 0) found[mistake] = rows;
  }
  expect(found).toEqual({});
}
