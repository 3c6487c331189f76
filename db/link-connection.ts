import { sql, type Transaction } from 'kysely';
import type { Interval } from '../config/interval.ts';
import type { Product } from '../config/product.ts';
import type { EffectiveInterval } from '../providers/effective-interval.ts';
import type { LinkedConnection, ProviderAccount } from '../providers/provider.ts';
import type { Database } from './connect.ts';
import type { Schema } from './schema.ts';

export interface ConnectionToLink {
  /** From `newId`. */
  readonly id: string;
  readonly provider: string;
  readonly linked: LinkedConnection;
  /** Seals them for the row that they are stored in. */
  readonly sealFor: (connectionId: string) => Buffer;
  readonly reference: string | null;
  readonly accounts: readonly ProviderAccount[];
  readonly settings: {
    readonly interval: Interval | null;
    readonly effective: EffectiveInterval;
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
 * Stores a connection with its accounts, in one transaction. A consent that is linked already keeps its
 * id and its accounts' settings; its credentials are replaced, accounts that it lacks are added, and it
 * counts as active again. Of calls at the same moment one creates it.
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
        credentials: link.sealFor(link.id),
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
    const id = created?.id ?? (await linkAgain(trx, link));
    await trx
      .insertInto('accounts')
      .values(
        link.accounts.map((account) => ({
          connection_id: id,
          provider: link.provider,
          provider_account_id: account.providerAccountId,
          name: account.name,
          number: account.number,
          type: account.type,
          currency: account.currency,
          refresh_interval: settings.interval,
          effective_interval: settings.effective.interval,
          limited_by: settings.effective.limitedBy,
          products: [...settings.products],
          webhook_url: settings.webhookUrl,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['connection_id', 'provider_account_id']).doNothing(),
      )
      .execute();
    return { id, created: created !== undefined };
  });
}

/** The customer has gone through the provider's link flow again: its outcome replaces the older one. */
async function linkAgain(trx: Transaction<Schema>, link: ConnectionToLink): Promise<string> {
  const { id } = await trx
    .selectFrom('connections')
    .where('provider', '=', link.provider)
    .where('provider_connection_id', '=', link.linked.providerConnectionId)
    .where('unlinked_at', 'is', null)
    .select('id')
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('connections')
    .set({
      credentials: link.sealFor(id),
      ...(link.reference === null ? {} : { reference: link.reference }),
      consent_expires_at: link.linked.consentExpiresAt,
      status: 'active',
      status_code: null,
      status_as_of: sql<Date>`now()`,
      status_changed_at: sql<Date>`case when status = 'active' then status_changed_at else now() end`,
    })
    .where('id', '=', id)
    .execute();
  return id;
}
