import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { pendingFor, type PendingWebhook } from '../webhooks/pending-webhooks.ts';
import type { EffectProduct } from '../schema.ts';

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
  const row = await accountForSync(db, accountId).executeTakeFirst();
  return row && readRow(row);
}

/**
 * The same, and the webhooks that wait for this product of it (see `pendingWebhooks`), in one
 * statement.
 */
export async function findAccountAndWebhooks(
  db: Database,
  accountId: string,
  product: EffectProduct,
): Promise<
  { readonly account: AccountForSync; readonly webhooks: readonly PendingWebhook[] } | undefined
> {
  const rows = await accountForSync(db, accountId)
    .leftJoinLateral(pendingFor(db, sql.ref('accounts.id'), product).as('webhook'), (join) =>
      join.onTrue(),
    )
    .select([
      'webhook.id as webhookId',
      'webhook.body',
      'webhook.body_sealed',
      'webhook.receivedAt',
    ])
    .orderBy('webhook.at')
    .orderBy('webhook.id')
    .execute();
  const [first] = rows;
  if (!first) return undefined;
  const webhooks = rows.flatMap(({ webhookId: id, body, body_sealed: isSealed, receivedAt }) =>
    id === null || isSealed === null || receivedAt === null
      ? []
      : [{ id, body, body_sealed: isSealed, receivedAt }],
  );
  const { webhookId: _, body: __, body_sealed: ___, receivedAt: ____, ...row } = first;
  return { account: readRow(row), webhooks };
}

function accountForSync(db: Database, accountId: string) {
  return db
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
    ]);
}

function readRow({
  unlinked_at: unlinkedAt,
  ...account
}: Omit<AccountForSync, 'unlinked'> & { readonly unlinked_at: Date | null }): AccountForSync {
  return { ...account, unlinked: unlinkedAt !== null };
}
