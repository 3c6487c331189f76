import { sql, type Transaction } from 'kysely';
import type { LinkedConnection } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { learnt } from '../consents/consent.ts';
import type { AccountSettingsJson, Schema } from '../schema.ts';

export interface ConnectionToLink {
  /** From `newId`. */
  readonly id: string;
  readonly provider: string;
  readonly linked: LinkedConnection;
  /** Seals them for the row that they are stored in. */
  readonly sealFor: (connectionId: string) => Buffer;
  /** Null: none, or as it is. */
  readonly reference: string | null;
  /** How its accounts are to be kept fresh. */
  readonly settings: AccountSettingsJson;
  /** Whether `settings` replaces what an earlier link said, for the accounts that are yet to be found. */
  readonly replacesSettings: boolean;
  /** Undefined: `offer`, or as it is. */
  readonly newAccounts: 'offer' | 'link' | undefined;
}

export type LinkStored =
  | { readonly state: 'stored'; readonly id: string; readonly created: boolean }
  /** The consent is being withdrawn: it can be linked again after that. */
  | { readonly state: 'unlinking' };

/** A UUIDv7. */
export async function newId(db: Database): Promise<string> {
  const { rows } = await sql<{ id: string }>`select uuidv7() as id`.execute(db);
  if (!rows[0]) throw new Error('the database gave no id');
  return rows[0].id;
}

/**
 * Stores what the provider's link flow gave, as a connection whose accounts are to be looked for. A
 * consent that is linked already keeps its id and its accounts' settings; its credentials are replaced,
 * and its accounts are looked for again. Of calls at the same moment one creates it.
 */
export async function linkConnection(db: Database, link: ConnectionToLink): Promise<LinkStored> {
  return await db.transaction().execute((trx) => storeLink(trx, link));
}

/** As `linkConnection`, in a transaction that stores more. */
export async function storeLink(
  trx: Transaction<Schema>,
  link: ConnectionToLink,
): Promise<LinkStored> {
  for (;;) {
    if (await insertConnection(trx, link)) return { state: 'stored', id: link.id, created: true };
    const stored = await linkAgain(trx, link);
    // Else it was unlinked between the two statements.
    if (stored) return stored;
  }
}

async function insertConnection(
  trx: Transaction<Schema>,
  link: ConnectionToLink,
): Promise<boolean> {
  const { linked } = link;
  const created = await trx
    .insertInto('connections')
    .values({
      id: link.id,
      provider: link.provider,
      provider_connection_id: linked.providerConnectionId,
      reference: link.reference,
      institution_id: linked.institutionId,
      institution_name: linked.institutionName,
      status: 'linking',
      credentials: link.sealFor(link.id),
      consent_expires_at: linked.consentExpiresAt,
      account_settings: JSON.stringify(link.settings),
      ...(link.newAccounts === undefined ? {} : { new_accounts: link.newAccounts }),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['provider', 'provider_connection_id'])
        .where('unlinked_at', 'is', null)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return created !== undefined;
}

/** The customer has gone through the provider's link flow again: its outcome replaces the older one. */
async function linkAgain(
  trx: Transaction<Schema>,
  link: ConnectionToLink,
): Promise<LinkStored | null> {
  const found = await trx
    .selectFrom('connections')
    .where('provider', '=', link.provider)
    .where('provider_connection_id', '=', link.linked.providerConnectionId)
    .where('unlinked_at', 'is', null)
    .select(['id', 'status'])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!found) return null;
  if (found.status === 'unlinking') return { state: 'unlinking' };
  await trx
    .updateTable('connections')
    .set({
      credentials: link.sealFor(found.id),
      consent_expires_at: link.linked.consentExpiresAt,
      ...learnt('linking', null),
      accounts_checked_at: null,
      ...(link.reference === null ? {} : { reference: link.reference }),
      ...(link.replacesSettings ? { account_settings: JSON.stringify(link.settings) } : {}),
      ...(link.newAccounts === undefined ? {} : { new_accounts: link.newAccounts }),
    })
    .where('id', '=', found.id)
    .execute();
  return { state: 'stored', id: found.id, created: false };
}
