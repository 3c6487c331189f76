import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
create table link_sessions (
  id uuid primary key default uuidv7(),
  provider text not null,
  connection_id uuid references connections,
  reference text,
  account_settings jsonb,
  new_accounts text check (new_accounts in ('offer', 'link')),
  session_hash bytea not null,
  secret bytea,
  status text not null default 'open' check (status in ('open', 'finished', 'exited', 'expired', 'failed')),
  status_code text,
  told text not null default 'open' check (told in ('open', 'finished', 'exited')),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status = 'open') = (ended_at is null)),
  check (status = 'open' or secret is null)
);
create unique index link_sessions_by_session on link_sessions (provider, session_hash);
create index link_sessions_by_reference on link_sessions (reference, id) where reference is not null;
create index link_sessions_by_connection on link_sessions (connection_id) where connection_id is not null;
create index link_sessions_open on link_sessions (id) where status = 'open';
create index link_sessions_ended on link_sessions (ended_at) where status <> 'open';
comment on table link_sessions is 'Customers on a page of a provider, to link accounts or to log in again. Their names and addresses are not kept.';
comment on column link_sessions.connection_id is 'The connection that is to be logged in to again; null: a first link.';
comment on column link_sessions.reference is 'Your own id for the customer or the consent: becomes that of the connections.';
comment on column link_sessions.account_settings is 'How accounts of the connections are to be kept fresh; null: nothing was said.';
comment on column link_sessions.session_hash is 'SHA-256 of what the provider''s webhooks name the session by.';
comment on column link_sessions.secret is 'What the provider names the session by, and its page, encrypted; null once it has ended.';
comment on column link_sessions.status is 'open, finished, exited (the customer left), expired (nothing came in time) or failed.';
comment on column link_sessions.status_code is 'Why it failed; while it is open, the provider''s last error.';
comment on column link_sessions.told is 'How it has gone, as far as the provider has told.';

create table link_session_links (
  link_session_id uuid not null references link_sessions on delete cascade,
  link_hash bytea not null,
  status text not null default 'exchanging' check (status in ('exchanging', 'exchanged', 'failed')),
  attempts integer not null default 1,
  connection_id uuid references connections,
  error_code text,
  created_at timestamptz not null default now(),
  primary key (link_session_id, link_hash),
  check ((status = 'exchanged') = (connection_id is not null))
);
create index link_session_links_by_connection on link_session_links (connection_id) where connection_id is not null;
comment on table link_session_links is 'What link sessions gave, and which connections were made of it: each is exchanged once.';
comment on column link_session_links.link_hash is 'SHA-256 of what was exchanged: a one-time token.';
comment on column link_session_links.attempts is 'How often it was tried: after more than one it may be used up.';

create table link_webhooks (
  webhook_id uuid not null references inbound_webhooks on delete cascade,
  provider text not null,
  session_hash bytea not null,
  tried_at timestamptz,
  applied_at timestamptz,
  primary key (webhook_id, session_hash)
);
create index link_webhooks_pending on link_webhooks (provider, session_hash) where applied_at is null;
create index link_webhooks_by_session on link_webhooks (provider, session_hash);
comment on table link_webhooks is 'Which link session a webhook tells of. It may not be there, or not yet.';
comment on column link_webhooks.session_hash is 'That of link_sessions.';
comment on column link_webhooks.tried_at is 'When the reconciler last told the session''s workflow of it.';
comment on column link_webhooks.applied_at is 'When the session had taken from it what it says.';

comment on column inbound_webhooks.outcome is 'accepted (concerns accounts of ours, a connection whose accounts are being looked for, or a link session), unmatched (nothing of ours), no_effect (a type that changes nothing) or unreadable.';
`;

export const linkSessions: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
