import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
alter table connections add column status_as_of timestamptz;
comment on column connections.status_as_of is 'The bank''s time of what the status tells: what is older does not change it.';
alter table accounts add column stage_id uuid;
comment on column accounts.stage_id is 'The newest attempt of a sync of transactions: an older one that still lives is not let in.';
create index accounts_by_provider_id on accounts (provider, provider_account_id) where unlinked_at is null;
`;

export const consentTime: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
