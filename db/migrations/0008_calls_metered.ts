import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
create unlogged table provider_budgets (
  key text collate "C" primary key,
  arrival timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table provider_budgets is 'How much of what a provider allows in a minute is used up, over all workers. Rows of which nothing is used up are deleted.';
comment on column provider_budgets.key is 'The provider, and what it limits.';
comment on column provider_budgets.arrival is 'When all of it will be there again: each call puts this off.';

create table paid_calls (
  id uuid primary key,
  provider text not null,
  call text not null,
  connection_id uuid,
  account_id uuid,
  sync_run_id uuid,
  called_at timestamptz not null default clock_timestamp(),
  day date not null generated always as ((called_at at time zone 'UTC')::date) stored
);
create index paid_calls_of_day on paid_calls (day, provider, call);
comment on table paid_calls is 'Each call that succeeded and that the provider charges for. Kept for good, also where data is erased: it has ids of ours and nothing that a bank told.';
comment on column paid_calls.call is 'The provider''s name for it, such as balance_get.';
comment on column paid_calls.connection_id is 'Null: there was none yet. No foreign key, here and below: a call is not to wait for a lock, nor to keep anything from being deleted.';
comment on column paid_calls.account_id is 'Null: it was for the connection as a whole.';
comment on column paid_calls.sync_run_id is 'The sync that made it; null: none did.';
comment on column paid_calls.day is 'The UTC date of called_at.';

create view paid_calls_by_day as
  select day, provider, call, count(*) as calls from paid_calls group by day, provider, call;
comment on view paid_calls_by_day is 'How many calls that are charged for were made, by UTC day.';
`;

export const callsMetered: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
