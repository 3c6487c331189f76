import type { Database } from '../connect.ts';

export interface AccountForSync {
  readonly id: string;
  readonly provider: string;
  readonly providerAccountId: string;
  readonly connectionId: string;
  readonly providerConnectionId: string;
  /** Sealed; null once unlinked. */
  readonly credentials: Buffer | null;
  readonly unlinked: boolean;
}

/** What a sync needs to know of its account; undefined when there is no such account. */
export async function findAccountForSync(
  db: Database,
  accountId: string,
): Promise<AccountForSync | undefined> {
  const row = await db
    .selectFrom('accounts')
    .innerJoin('connections', 'connections.id', 'accounts.connection_id')
    .where('accounts.id', '=', accountId)
    .select([
      'accounts.id',
      'accounts.provider',
      'accounts.provider_account_id as providerAccountId',
      'accounts.connection_id as connectionId',
      'connections.provider_connection_id as providerConnectionId',
      'connections.credentials',
      'accounts.unlinked_at',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { unlinked_at: unlinkedAt, ...account } = row;
  return { ...account, unlinked: unlinkedAt !== null };
}
