import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
create table connections (
  id uuid primary key default uuidv7(),
  provider text not null,
  provider_connection_id text not null,
  reference text,
  institution_id text,
  institution_name text,
  status text not null default 'active'
    check (status in ('active', 'reauth_required', 'gone', 'unlinked')),
  status_code text,
  status_changed_at timestamptz not null default now(),
  credentials bytea,
  consent_expires_at timestamptz,
  created_at timestamptz not null default now(),
  unlinked_at timestamptz
);
create unique index connections_linked_once on connections (provider, provider_connection_id)
  where unlinked_at is null;
comment on table connections is 'One consent of one customer at one institution. Holds the credentials, encrypted.';
comment on column connections.reference is 'Your own id for the customer or consent, as given at link time.';
comment on column connections.status is 'active, reauth_required (the customer must log in again), gone (the consent has ended at the bank) or unlinked.';
comment on column connections.credentials is 'AES-256-GCM, bound to this row. Null once unlinked.';

create table accounts (
  id uuid primary key default uuidv7(),
  connection_id uuid not null references connections,
  provider text not null,
  provider_account_id text not null,
  name text,
  number text,
  type text,
  currency text not null,
  paused boolean not null default false,
  refresh_interval text check (refresh_interval in
    ('one_minute', 'five_minute', 'fifteen_minute', 'thirty_minute', 'one_hour', 'six_hours', 'twelve_hours', 'daily')),
  products text[] not null default '{balance,transaction}'
    check (products <@ '{balance,transaction}'::text[] and cardinality(products) > 0),
  webhook_url text,
  settings_version integer not null default 1,
  settings_changed_at timestamptz not null default now(),
  status text not null default 'scanning'
    check (status in ('scanning', 'active', 'failing', 'paused', 'unlinked')),
  pause_reason text check (pause_reason in ('user', 'reauth_required', 'provider_error')),
  status_changed_at timestamptz not null default now(),
  confirmed_settings_version integer not null default 0,
  next_sync_at timestamptz,
  balance_synced_at timestamptz,
  balance_as_of timestamptz,
  balance_error_code text,
  transactions_synced_at timestamptz,
  transactions_as_of timestamptz,
  transactions_error_code text,
  created_at timestamptz not null default now(),
  unlinked_at timestamptz,
  unique (connection_id, provider_account_id)
);
comment on table accounts is 'One bank account of a connection: how you want it kept fresh, how it is doing, and how fresh it is. One durable workflow each.';
comment on column accounts.paused is 'What you asked for. Whether it runs is told by status and pause_reason.';
comment on column accounts.refresh_interval is 'How often it is refreshed by itself; null: only by webhooks and by hand.';
comment on column accounts.settings_version is 'Grows with every change of paused, refresh_interval, products or webhook_url.';
comment on column accounts.confirmed_settings_version is 'The version of the settings that the workflow runs.';
comment on column accounts.status is 'scanning (first full scan), active, failing (the last sync failed; another is due at next_sync_at), paused or unlinked.';
comment on column accounts.next_sync_at is 'When the workflow will next sync by itself.';
comment on column accounts.balance_synced_at is 'When we last asked the bank, or were told by it, and it succeeded.';
comment on column accounts.balance_as_of is 'When the bank says that the balance was true.';
comment on column accounts.balance_error_code is 'Why the last sync of the balance failed; null when it succeeded.';

create table balances (
  account_id uuid primary key references accounts on delete cascade,
  available numeric,
  current numeric,
  credit_limit numeric,
  currency text not null,
  data_as_of timestamptz not null,
  source text not null check (source in ('fetch', 'webhook')),
  raw json not null,
  changed_at timestamptz not null default now(),
  sync_run_id uuid not null
);
comment on table balances is 'The newest known balance of each account.';
comment on column balances.available is 'What can be spent now.';
comment on column balances.current is 'What the bank''s ledger holds, pending items not counted.';
comment on column balances.data_as_of is 'When the bank says that this was true.';
comment on column balances.changed_at is 'When an amount in this row last changed here.';
comment on column balances.raw is 'The provider''s own JSON, as it was received.';

create table balance_history (
  id uuid primary key default uuidv7(),
  account_id uuid not null references accounts on delete cascade,
  available numeric,
  current numeric,
  credit_limit numeric,
  currency text not null,
  data_as_of timestamptz not null,
  recorded_at timestamptz not null default now(),
  sync_run_id uuid not null
);
create index balance_history_by_account on balance_history (account_id, data_as_of desc);
comment on table balance_history is 'A row for each change of a balance, not for each sync.';

create table transactions (
  id uuid primary key default uuidv7(),
  account_id uuid not null references accounts on delete cascade,
  provider_transaction_id text not null,
  status text not null check (status in ('pending', 'posted')),
  amount numeric not null,
  currency text not null,
  description text,
  counterparty text,
  category text,
  transacted_at timestamptz not null,
  booked_at timestamptz,
  running_balance numeric,
  pending_provider_transaction_id text,
  provider_updated_at timestamptz not null,
  removed_at timestamptz,
  raw json not null,
  first_seen_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  sync_run_id uuid not null,
  unique (account_id, provider_transaction_id)
);
create index transactions_by_time on transactions (account_id, transacted_at desc, id desc);
comment on table transactions is 'Every transaction that the bank has told of. A removed one stays, marked.';
comment on column transactions.amount is 'Exact. Positive is money into the account.';
comment on column transactions.transacted_at is 'When it happened.';
comment on column transactions.booked_at is 'When it entered the bank''s books; null while pending.';
comment on column transactions.provider_updated_at is 'The provider''s time of its newest version. An older version never overwrites a newer one.';
comment on column transactions.removed_at is 'When, by the bank''s time, it was found gone; null while it stands.';
comment on column transactions.changed_at is 'When a field of this row last changed here.';
comment on column transactions.raw is 'The provider''s own JSON, as it was received.';

create table sync_runs (
  id uuid primary key,
  account_id uuid not null references accounts on delete cascade,
  product text not null check (product in ('balance', 'transaction')),
  triggers text[] not null,
  scope text not null check (scope in ('full', 'incremental', 'hint', 'webhook')),
  status text not null default 'running' check (status in ('running', 'succeeded', 'failed')),
  attempts integer not null default 1,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  data_as_of timestamptz,
  fetched integer not null default 0,
  added integer not null default 0,
  changed integer not null default 0,
  removed integer not null default 0,
  webhooks integer not null default 0,
  error_kind text,
  error_code text
);
create index sync_runs_by_account on sync_runs (account_id, id desc);
comment on table sync_runs is 'What each sync of one product of one account was asked by, read and changed.';
comment on column sync_runs.triggers is 'What asked for it: link, schedule, webhook, manual, reconcile.';
comment on column sync_runs.scope is 'What was read: full, incremental, hint (what a webhook pointed to) or webhook (nothing: the webhook held it all).';
comment on column sync_runs.webhooks is 'How many stored webhooks it put into effect.';

create table sync_cursors (
  account_id uuid not null references accounts on delete cascade,
  product text not null,
  cursor jsonb,
  full_at timestamptz not null,
  updated_at timestamptz not null default now(),
  primary key (account_id, product)
);
comment on table sync_cursors is 'Where the next incremental read starts. Moves only together with the rows that it stands for.';
comment on column sync_cursors.full_at is 'When everything was last read.';

create unlogged table transaction_stage (
  stage_id uuid not null,
  account_id uuid not null,
  ordinal bigint generated always as identity,
  provider_transaction_id text not null,
  status text not null,
  amount numeric not null,
  currency text not null,
  description text,
  counterparty text,
  category text,
  transacted_at timestamptz not null,
  booked_at timestamptz,
  running_balance numeric,
  pending_provider_transaction_id text,
  provider_updated_at timestamptz not null,
  raw json not null
);
create index transaction_stage_by_account on transaction_stage (account_id, stage_id);
comment on table transaction_stage is 'Pages of a sync that is still reading. Nothing here is true yet; read transactions instead.';

create table inbound_webhooks (
  id uuid primary key default uuidv7(),
  provider text not null,
  dedupe_key text not null,
  type text not null,
  occurred_at timestamptz,
  received_at timestamptz not null default now(),
  body bytea not null,
  outcome text not null check (outcome in ('accepted', 'unmatched', 'no_effect', 'unreadable')),
  unique (provider, dedupe_key)
);
create index inbound_webhooks_by_time on inbound_webhooks (received_at);
comment on table inbound_webhooks is 'Every webhook that proved to come from its provider, as it arrived.';
comment on column inbound_webhooks.outcome is 'accepted (concerns accounts of ours), unmatched (no such account), no_effect (a type that changes nothing) or unreadable.';

create table webhook_effects (
  webhook_id uuid not null references inbound_webhooks on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  product text not null check (product in ('balance', 'transaction', 'connection')),
  signalled_at timestamptz,
  applied_at timestamptz,
  sync_run_id uuid,
  primary key (webhook_id, account_id, product)
);
create index webhook_effects_pending on webhook_effects (account_id, product, webhook_id) where applied_at is null;
create index webhook_effects_by_account on webhook_effects (account_id);
comment on table webhook_effects is 'What a webhook has to do for each account that it concerns, and which sync did it.';

create table api_keys (
  id uuid primary key default uuidv7(),
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
comment on table api_keys is 'Keys to the API. Only their SHA-256 is kept.';
comment on column api_keys.prefix is 'The first characters of the key, to tell keys apart.';

create table idempotency_keys (
  api_key_id uuid not null references api_keys on delete cascade,
  key text not null,
  request_hash bytea not null,
  response_status integer,
  response_body text,
  created_at timestamptz not null default now(),
  primary key (api_key_id, key)
);
comment on table idempotency_keys is 'Answers to creating calls, so that a repeated call gets the first one''s answer. Kept for a day.';
`;

export const accountsStayFresh: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
