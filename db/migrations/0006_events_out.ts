import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
alter table accounts add column event_sequence bigint not null default 0;
comment on column accounts.event_sequence is 'The sequence of its newest event; 0: it has none.';

alter table events
  alter column connection_id drop not null,
  alter column created_at set default clock_timestamp(),
  add column sequence bigint,
  add column sync_run_id uuid,
  add column triggers text[],
  add column added uuid[],
  add column changed uuid[],
  add column removed uuid[];
with numbered as (
  select id, row_number() over (partition by account_id order by id) as place
  from events where account_id is not null
)
update events set sequence = place from numbered where numbered.id = events.id;
update accounts set event_sequence = newest
  from (select account_id, max(sequence) as newest from events group by account_id) numbered
  where numbered.account_id = accounts.id;
create unique index events_by_sequence on events (account_id, sequence);
comment on table events is 'What has happened, written in one transaction with it: the outbox of your webhook endpoints.';
comment on column events.connection_id is 'Null: it is about a webhook endpoint.';
comment on column events.account_id is 'Null: it is about a connection as a whole, or a webhook endpoint.';
comment on column events.sequence is 'Counts the events of the account, from 1, without a hole.';
comment on column events.sync_run_id is 'The sync that caused it. No foreign key: the event may outlive the record of the sync.';
comment on column events.triggers is 'What had asked for that sync.';
comment on column events.added is 'Ids of transactions, at most a hundred in all three lists: a sync that changed more has several events.';
comment on column events.changed is 'Ids of transactions.';
comment on column events.removed is 'Ids of transactions that the bank has no longer.';

create table webhook_endpoints (
  id uuid primary key default uuidv7(),
  account_id uuid references accounts on delete cascade,
  url text not null,
  description text,
  event_types text[],
  payload text not null default 'full' check (payload in ('full', 'ids')),
  unchanged boolean not null default false,
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  disabled_reason text check (disabled_reason in ('operator', 'gone', 'failing')),
  status_changed_at timestamptz not null default now(),
  secret bytea,
  old_secret bytea,
  old_secret_until timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  rest_until timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  delivering_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  check ((status = 'disabled') = (disabled_reason is not null))
);
create unique index webhook_endpoints_of_account on webhook_endpoints (account_id)
  where account_id is not null and deleted_at is null;
create index webhook_endpoints_of_all on webhook_endpoints (id)
  where account_id is null and deleted_at is null;
insert into webhook_endpoints (account_id, url)
  select id, webhook_url from accounts where webhook_url is not null and unlinked_at is null;
comment on table webhook_endpoints is 'Where you have asked events to be sent.';
comment on column webhook_endpoints.account_id is 'The account whose webhook_url it is; null: it hears of all.';
comment on column webhook_endpoints.event_types is 'Which types of events it wants; null: all.';
comment on column webhook_endpoints.payload is 'full: with the balance or the transactions; ids: with what is needed to query them.';
comment on column webhook_endpoints.unchanged is 'Whether it wants to hear of syncs that found nothing new.';
comment on column webhook_endpoints.disabled_reason is 'operator (you), gone (it answered 410) or failing (for five days).';
comment on column webhook_endpoints.status_changed_at is 'When it was last enabled or disabled.';
comment on column webhook_endpoints.secret is 'What its deliveries are signed with, encrypted; null: it is made when first needed.';
comment on column webhook_endpoints.old_secret is 'The one before, encrypted: signs too until old_secret_until.';
comment on column webhook_endpoints.failures is 'Attempts that failed in a row.';
comment on column webhook_endpoints.failing_since is 'When the first of these failed.';
comment on column webhook_endpoints.rest_until is 'Nothing is sent to it before then: it failed again and again, or asked for the wait.';
comment on column webhook_endpoints.delivering_until is 'A worker delivers to it, and looks for more by itself, until then at least.';
comment on column webhook_endpoints.deleted_at is 'Kept, without its URL and secrets, as long as deliveries name it.';

create table deliveries (
  endpoint_id uuid not null,
  event_id uuid not null references events on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'cancelled')),
  attempts integer not null default 0,
  tries integer not null default 0,
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  last_status_code integer,
  last_error_code text,
  ended_at timestamptz,
  primary key (endpoint_id, event_id),
  check ((status = 'pending') = (next_attempt_at is not null)),
  check ((status = 'pending') = (ended_at is null))
);
create index deliveries_by_event on deliveries (event_id, endpoint_id);
create index deliveries_due on deliveries (endpoint_id, next_attempt_at, event_id) where status = 'pending';
create index deliveries_failed on deliveries (endpoint_id, event_id) where status = 'failed';
comment on table deliveries is 'Which event is to go, or went, to which webhook endpoint.';
comment on column deliveries.endpoint_id is 'No foreign key: each event would lock the endpoint''s row.';
comment on column deliveries.status is 'pending, delivered, failed (given up after the last try) or cancelled (its endpoint was deleted).';
comment on column deliveries.attempts is 'All that were made.';
comment on column deliveries.tries is 'Those that were made since it was last asked for: its place in the schedule of retries.';
comment on column deliveries.next_attempt_at is 'When it is due; null once it has ended.';
comment on column deliveries.last_status_code is 'The HTTP status of the last answer; null: there was none.';
comment on column deliveries.last_error_code is 'Why the last attempt failed, where it had no answer.';

create table delivery_attempts (
  endpoint_id uuid not null,
  event_id uuid not null,
  number integer not null,
  started_at timestamptz not null,
  latency_ms integer not null,
  status_code integer,
  error_code text,
  response_start text,
  primary key (event_id, endpoint_id, number),
  foreign key (endpoint_id, event_id) references deliveries on delete cascade
);
comment on table delivery_attempts is 'Each request that was made to deliver an event, and its answer.';
comment on column delivery_attempts.status_code is 'HTTP status of the answer; null: there was none.';
comment on column delivery_attempts.error_code is 'Why there was no answer.';
comment on column delivery_attempts.response_start is 'The first 512 bytes of the answer.';

create table delivery_wakes (endpoint_id uuid not null)
  with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table delivery_wakes is 'Webhook endpoints for which there is something new. Rows live for a moment.';

alter table connections add column expiry_told_for timestamptz;
comment on column connections.expiry_told_for is 'The consent_expires_at for which connection.expiring was told.';
create index connections_expiring on connections (consent_expires_at)
  where status = 'active' and consent_expires_at is not null;
`;

export const eventsOut: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
