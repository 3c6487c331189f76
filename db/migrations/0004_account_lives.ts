import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
alter table connections
  drop constraint connections_status_check,
  add constraint connections_status_check
    check (status in ('linking', 'active', 'reauth_required', 'gone', 'unlinking', 'unlinked')),
  add column consent_version integer not null default 1,
  add column consent_changed_at timestamptz not null default now(),
  add column account_settings jsonb,
  add column new_accounts text not null default 'offer' check (new_accounts in ('offer', 'link')),
  add column accounts_checked_at timestamptz,
  add column linked_at timestamptz,
  add column unlink_requested_at timestamptz,
  add column unlink_data text check (unlink_data in ('keep', 'erase')),
  add column unlink_forced boolean not null default false,
  add column erased_at timestamptz;
update connections set linked_at = created_at, accounts_checked_at = created_at;
comment on column connections.status is 'linking (its accounts are being looked for), active, reauth_required (the customer must log in again), gone (the consent has ended at the bank), unlinking (the consent is being withdrawn) or unlinked.';
comment on column connections.consent_version is 'Grows with everything that is learnt of the consent: by a webhook, a sync, a link or a call to the API.';
comment on column connections.consent_changed_at is 'When consent_version last grew.';
comment on column connections.account_settings is 'How accounts that are found later are kept fresh: {interval, products, webhook_url}, as given at link time.';
comment on column connections.new_accounts is 'What becomes of accounts that appear at the bank later: offer (listed in offered_accounts) or link.';
comment on column connections.accounts_checked_at is 'When the provider last told which accounts there are; null: not since the connection was linked.';
comment on column connections.linked_at is 'When every account had been scanned in full for the first time.';
comment on column connections.unlink_data is 'What you asked to be done with the data: keep or erase.';
comment on column connections.unlink_forced is 'Unlink without asking the provider.';
comment on column connections.erased_at is 'When its data had been erased.';
create index connections_unfinished on connections (id) where status in ('linking', 'unlinking');
create index connections_to_erase on connections (id) where unlink_data = 'erase' and erased_at is null;
create index connections_to_check on connections (accounts_checked_at) where status = 'active';
create index connections_by_consent_change on connections (consent_changed_at);

create table offered_accounts (
  connection_id uuid not null references connections on delete cascade,
  provider_account_id text not null,
  name text,
  number text,
  type text,
  currency text not null,
  offered_at timestamptz not null default now(),
  primary key (connection_id, provider_account_id)
);
comment on table offered_accounts is 'Accounts that appeared at the bank after the link. They are not synced before you link them.';

alter table accounts
  add column confirmed_consent_version integer not null default 0,
  add column effective_interval text check (effective_interval in
    ('one_minute', 'five_minute', 'fifteen_minute', 'thirty_minute', 'one_hour', 'six_hours', 'twelve_hours', 'daily')),
  add column limited_by text check (limited_by in ('provider_smallest_interval', 'provider_calls_per_day')),
  add column stale_since timestamptz,
  add column nudged_at timestamptz,
  add column nudge_tried_at timestamptz;
update accounts set effective_interval = refresh_interval;
comment on column accounts.confirmed_consent_version is 'The consent_version of its connection that its workflow follows.';
comment on column accounts.effective_interval is 'How often it really is refreshed: refresh_interval, or longer where the provider allows no more.';
comment on column accounts.limited_by is 'What the provider allows less of than refresh_interval asks for; null: nothing. Told beside daily too, which is kept though it may be more than the provider allows.';
comment on column accounts.stale_since is 'Since when its data has been older than its interval allows; null while it is fresh.';
comment on column accounts.nudged_at is 'When the reconciler last told its workflow how Postgres knows it.';
comment on column accounts.nudge_tried_at is 'When it last tried to: those that could not be told go behind the others.';
create index accounts_unconfirmed on accounts (id)
  where unlinked_at is null and confirmed_settings_version < settings_version;
create index accounts_to_stop on accounts (id)
  where unlinked_at is not null and confirmed_settings_version < settings_version;
create index accounts_by_slice on accounts
  (mod(get_byte(uuid_send(id), 14) * 256 + get_byte(uuid_send(id), 15), 60)) where unlinked_at is null;
create sequence reconciler_rounds;
create index accounts_stale on accounts (id) where stale_since is not null;

alter table inbound_webhooks
  add column provider_connection_id text,
  add column provider_account_id text;
comment on column inbound_webhooks.provider_connection_id is 'The provider''s id of the connection that it tells of, where it names one.';
comment on column inbound_webhooks.provider_account_id is 'The provider''s id of the account that it tells of, where it names one.';
comment on column inbound_webhooks.outcome is 'accepted (concerns accounts of ours, or a connection whose accounts are being looked for), unmatched (no such account), no_effect (a type that changes nothing) or unreadable.';
create index inbound_webhooks_by_connection on inbound_webhooks (provider, provider_connection_id)
  where provider_connection_id is not null;
create index inbound_webhooks_by_account on inbound_webhooks (provider, provider_account_id)
  where provider_account_id is not null;
create index inbound_webhooks_of_nobody on inbound_webhooks (provider, id)
  where provider_connection_id is null and provider_account_id is null;

alter table webhook_effects add column tried_at timestamptz;
comment on column webhook_effects.tried_at is 'When the reconciler last tried to tell the account''s workflow of it.';

create table events (
  id uuid primary key default uuidv7(),
  type text not null,
  connection_id uuid not null references connections on delete cascade,
  account_id uuid references accounts on delete cascade,
  data jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index events_by_account on events (account_id, id desc);
create index events_by_connection on events (connection_id, id desc);
create index events_by_type on events (type, id desc);
comment on table events is 'What has happened to connections and accounts, written together with it.';
comment on column events.type is 'Such as account.reauth_required. The API reference lists them.';
comment on column events.data is 'Ids, counts, states and codes: nothing of what the bank told.';

create or replace view account_freshness as
  select a.id as account_id, c.reference, a.provider, c.institution_name, a.status, a.pause_reason,
    a.refresh_interval, a.next_sync_at, a.balance_as_of, a.balance_synced_at, a.balance_error_code,
    a.transactions_as_of, a.transactions_synced_at, a.transactions_error_code,
    a.effective_interval, a.stale_since
  from accounts a
  join connections c on c.id = a.connection_id
  where a.unlinked_at is null;
`;

export const accountLives: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
