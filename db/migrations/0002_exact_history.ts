import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
alter table transactions
  add column value_date date,
  add column booked_date date generated always as ((booked_at at time zone 'utc')::date) stored,
  add column matched_by text check (matched_by in ('provider', 'likeness')),
  add column fingerprint uuid;
comment on column transactions.value_date is 'When it counts for interest, where the provider tells.';
comment on column transactions.booked_date is 'The UTC date of booked_at.';
comment on column transactions.pending_provider_transaction_id is 'The provider''s id of it while it was pending, where that was another.';
comment on column transactions.matched_by is 'How its pending and its posted form were found to be one: the provider''s own link, or likeness (same amount and currency, a close date, and no second candidate). Null: there was nothing to find.';
comment on column transactions.fingerprint is 'Of its content as the bank told it, to see at once that nothing changed.';
create index transactions_by_pending_id on transactions (account_id, pending_provider_transaction_id)
  where pending_provider_transaction_id is not null;
create index transactions_pending on transactions (account_id) where status = 'pending';
create index transactions_by_sync_run on transactions (sync_run_id, id);

alter table transaction_stage
  add column value_date date,
  add column fingerprint uuid,
  alter column raw drop not null;
comment on column transaction_stage.raw is 'Null: we hold this transaction already, just so.';

create table transaction_changes (
  id uuid primary key default uuidv7(),
  transaction_id uuid not null references transactions on delete cascade,
  kind text not null check (kind in ('changed', 'removed', 'restored')),
  fields jsonb not null,
  changed_at timestamptz not null default now(),
  sync_run_id uuid not null
);
create index transaction_changes_by_transaction on transaction_changes (transaction_id, id);
comment on table transaction_changes is 'What changed in a transaction after it was first seen.';
comment on column transaction_changes.fields is 'From a field''s name to [before, after]. Amounts are text.';

create table quarantined_items (
  id uuid primary key default uuidv7(),
  account_id uuid not null references accounts on delete cascade,
  product text not null check (product in ('balance', 'transaction')),
  provider_id text,
  reason text not null,
  raw text not null,
  fingerprint bytea not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  sync_run_id uuid not null,
  unique (account_id, fingerprint)
);
comment on table quarantined_items is 'What the bank sent and could not be taken, and why. The rest of the sync it came with was committed.';
comment on column quarantined_items.provider_id is 'The provider''s id of it, where it had one.';
comment on column quarantined_items.raw is 'The provider''s own JSON, its first 64 KiB.';

alter table sync_runs
  add column quarantined integer not null default 0,
  add column change_position bigint;
create unique index sync_runs_by_change_position on sync_runs (change_position)
  where change_position is not null;
create index sync_runs_to_position on sync_runs (id)
  where change_position is null and status = 'succeeded' and added + changed + removed > 0;
comment on column sync_runs.change_position is 'Its place in the change feed: given after the commit, in the order of commits.';
create sequence change_positions;

create view current_transactions as
  select t.id, t.account_id, c.reference, t.status, t.amount, t.currency, t.description, t.counterparty,
    t.category, t.transacted_at, t.booked_at, t.booked_date, t.value_date, t.running_balance,
    t.first_seen_at, t.changed_at
  from transactions t
  join accounts a on a.id = t.account_id
  join connections c on c.id = a.connection_id
  where t.removed_at is null;
comment on view current_transactions is 'Transactions that stand: what was removed is left out.';

create view account_freshness as
  select a.id as account_id, c.reference, a.provider, c.institution_name, a.status, a.pause_reason,
    a.refresh_interval, a.next_sync_at, a.balance_as_of, a.balance_synced_at, a.balance_error_code,
    a.transactions_as_of, a.transactions_synced_at, a.transactions_error_code
  from accounts a
  join connections c on c.id = a.connection_id
  where a.unlinked_at is null;
comment on view account_freshness is 'How fresh each linked account is, and what stands in the way.';
`;

export const exactHistory: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
