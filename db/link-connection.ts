import { sql } from 'kysely';
import type { Interval } from '../config/interval.ts';
import type { Product } from '../config/product.ts';
import type { LinkedConnection, ProviderAccount } from '../providers/provider.ts';
import type { Database } from './connect.ts';

export interface ConnectionToLink {
  /** From `newId`: the credentials are sealed for it. */
  readonly id: string;
  readonly provider: string;
  readonly linked: LinkedConnection;
  readonly credentials: Buffer;
  readonly reference: string | null;
  readonly accounts: readonly ProviderAccount[];
  readonly settings: {
    readonly interval: Interval | null;
    readonly products: readonly Product[];
    readonly webhookUrl: string | null;
  };
}

/** A UUIDv7. */
export async function newId(db: Database): Promise<string> {
  const { rows } = await sql<{ id: string }>`select uuidv7() as id`.execute(db);
  if (!rows[0]) throw new Error('the database gave no id');
  return rows[0].id;
}

/**
 * Stores a connection with its accounts, in one transaction. Answers with its id, or with that of
 * the connection which links the same consent already; of calls at the same moment one stores it.
 */
export async function linkConnection(
  db: Database,
  link: ConnectionToLink,
): Promise<{ id: string; created: boolean }> {
  return await db.transaction().execute(async (trx) => {
    const { linked, settings } = link;
    const created = await trx
      .insertInto('connections')
      .values({
        id: link.id,
        provider: link.provider,
        provider_connection_id: linked.providerConnectionId,
        reference: link.reference,
        institution_id: linked.institutionId,
        institution_name: linked.institutionName,
        credentials: link.credentials,
        consent_expires_at: linked.consentExpiresAt,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['provider', 'provider_connection_id'])
          .where('unlinked_at', 'is', null)
          .doNothing(),
      )
      .returning('id')
      .executeTakeFirst();
    if (!created) {
      const existing = await trx
        .selectFrom('connections')
        .where('provider', '=', link.provider)
        .where('provider_connection_id', '=', linked.providerConnectionId)
        .where('unlinked_at', 'is', null)
        .select('id')
        .executeTakeFirstOrThrow();
      return { id: existing.id, created: false };
    }
    await trx
      .insertInto('accounts')
      .values(
        link.accounts.map((account) => ({
          connection_id: created.id,
          provider: link.provider,
          provider_account_id: account.providerAccountId,
          name: account.name,
          number: account.number,
          type: account.type,
          currency: account.currency,
          refresh_interval: settings.interval,
          products: [...settings.products],
          webhook_url: settings.webhookUrl,
        })),
      )
      .execute();
    return { id: created.id, created: true };
  });
}
