import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
alter table inbound_webhooks
  alter column body drop not null,
  add column body_sealed boolean not null default false,
  add column body_bytes integer,
  add column redacted_at timestamptz,
  add column understood boolean not null default true,
  add column replays integer not null default 0,
  add column replayed_at timestamptz;
update inbound_webhooks set body_bytes = octet_length(body);
alter table inbound_webhooks alter column body_bytes set not null;
comment on column inbound_webhooks.body is 'As it arrived; encrypted where body_sealed; null once it was redacted.';
comment on column inbound_webhooks.body_sealed is 'Whether the body is encrypted, with a key of FRESHET_CREDENTIALS_KEYS.';
comment on column inbound_webhooks.body_bytes is 'The size of the body as it arrived.';
comment on column inbound_webhooks.redacted_at is 'When the body was taken out, once it had taken effect.';
comment on column inbound_webhooks.understood is 'False: its kind or content is not known to us, and what it names is read in full instead.';
comment on column inbound_webhooks.replays is 'How often an operator had it put into effect again.';
drop index inbound_webhooks_by_time;
create index inbound_webhooks_by_time on inbound_webhooks (received_at, id);
create index inbound_webhooks_by_type on inbound_webhooks (type, received_at, id);
create index inbound_webhooks_without_effect on inbound_webhooks (outcome, received_at, id) where outcome <> 'accepted';
create index inbound_webhooks_not_understood on inbound_webhooks (received_at, id) where not understood;
create index inbound_webhooks_to_redact on inbound_webhooks (id) where body is not null;

create table rejected_webhooks (
  id uuid primary key,
  provider text not null,
  reason text not null check (reason in ('not_verified', 'sender_not_allowed', 'wrong_content_type')),
  sender text,
  content_type text,
  user_agent text,
  header_names text[] not null,
  body bytea,
  body_sealed boolean not null default false,
  body_bytes integer not null,
  received_at timestamptz not null default now()
);
comment on column webhook_effects.tried_at is 'When the account''s workflow was last told of it, or that was last tried in vain.';
-- Room for the mark that the workflow was told, beside the row as it was stored.
alter table webhook_effects set (fillfactor = 70);
create index rejected_webhooks_by_provider on rejected_webhooks (provider, reason, id desc);
comment on table rejected_webhooks is 'A sample of the latest requests to the webhook endpoint that were refused, to find out why. Never applied.';
comment on column rejected_webhooks.sender is 'The address that it came from, behind trusted proxies.';
comment on column rejected_webhooks.header_names is 'Which headers it had. Their values may be secrets, and are not kept.';
comment on column rejected_webhooks.body is 'Its first 4,096 bytes; encrypted where body_sealed; null where bodies are redacted.';
comment on column rejected_webhooks.body_bytes is 'Its size, as far as it was read.';
`;

export const webhookLives: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
