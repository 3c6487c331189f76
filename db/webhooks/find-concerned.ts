import { sql } from 'kysely';
import { accountsToRun } from '../accounts/account-to-run.ts';
import type { Database } from '../connect.ts';

/** Of whom a webhook tells, by the provider's ids. */
export interface Named {
  readonly provider: string;
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
}

/** The linked accounts that a webhook tells of, of the connection or by their own id. */
export function accountsConcerned(db: Pick<Database, 'selectFrom'>, webhook: Named) {
  const { provider, providerConnectionId, providerAccountId } = webhook;
  return accountsToRun(db)
    .where('accounts.provider', '=', provider)
    .where('connections.provider', '=', provider)
    .where('connections.unlinked_at', 'is', null)
    .where('accounts.unlinked_at', 'is', null)
    .$if(providerConnectionId !== null, (query) =>
      query.where('connections.provider_connection_id', '=', providerConnectionId),
    )
    .$if(providerAccountId !== null, (query) =>
      query.where('accounts.provider_account_id', '=', providerAccountId),
    )
    .$if(providerConnectionId === null && providerAccountId === null, (query) =>
      query.where(sql<boolean>`false`),
    );
}

/** The linked connection that a webhook tells of. */
export function connectionConcerned(db: Pick<Database, 'selectFrom'>, webhook: Named) {
  const { provider, providerConnectionId, providerAccountId } = webhook;
  return db
    .selectFrom('connections')
    .where('provider', '=', provider)
    .where('unlinked_at', 'is', null)
    .$if(providerConnectionId !== null, (query) =>
      query.where('provider_connection_id', '=', providerConnectionId),
    )
    .$if(providerConnectionId === null, (query) =>
      query.where('id', 'in', (eb) =>
        eb
          .selectFrom('accounts')
          .where('accounts.provider', '=', provider)
          .where('accounts.provider_account_id', '=', providerAccountId)
          .where('accounts.unlinked_at', 'is', null)
          .select('accounts.connection_id'),
      ),
    )
    .select('id');
}
