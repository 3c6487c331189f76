import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const STATEMENTS = `
alter table transactions alter column provider_updated_at drop not null;
alter table transaction_stage alter column provider_updated_at drop not null;
comment on column transactions.provider_updated_at is 'The provider''s time of its newest version: an older version never overwrites a newer one. Null: the provider does not tell, and what was read last is newest.';

alter table accounts add column transactions_preparing boolean not null default false;
comment on column accounts.transactions_preparing is 'Whether the provider was still collecting the history of transactions when it was last asked.';

alter table connections add column check_requested_at timestamptz;
comment on column connections.check_requested_at is 'A webhook told that something about the connection has changed, and the provider has not been asked since.';
alter table connections add column check_refused_at timestamptz;
comment on column connections.check_refused_at is 'When the provider, asked which accounts there are, last said that the consent does not stand.';
create index connections_asked_to_check on connections (check_requested_at) where check_requested_at is not null;
`;

/** What providers need that tell no versions, collect the history first, and tell changes in any order. */
export const moreProviders: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await sql.raw(STATEMENTS).execute(db);
  },
};
