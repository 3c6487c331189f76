import { sql, type Transaction } from 'kysely';
import type { ProviderLimits } from '../../providers/effective-interval.ts';
import type { Capabilities, ConnectionAccounts, Timestamp } from '../../providers/provider.ts';
import { addAccounts } from '../accounts/add-accounts.ts';
import type { Database } from '../connect.ts';
import { learnt } from '../consents/consent.ts';
import type { Consent } from './find-credentials.ts';
import { offerAccounts } from './offer-accounts.ts';
import type { Schema } from '../schema.ts';

export type DiscoveryStored =
  | { readonly outcome: 'stored'; readonly added: number; readonly offered: number }
  /** The first look found none: the connection is of no use. */
  | { readonly outcome: 'no_accounts' }
  /** Something was learnt of the consent meanwhile: what was found may not be all, or not hold any more. */
  | { readonly outcome: 'outdated' }
  | { readonly outcome: 'unlinked' };

/**
 * Stores which accounts a connection has, in one transaction. After a link, also one made again, all
 * that it lacks are added and it is active; so is one whose consent had ended, where the provider tells by
 * this how it stands. Later accounts are added or offered, as its `new_accounts` says.
 * Stored again, it is no change. What the consent allowed is true as of when the provider was asked: what
 * webhooks tell of it after that is newer.
 * @param consent as it was when the provider was asked.
 */
export async function commitDiscovery(
  db: Database,
  consent: Consent,
  { accounts, consentExpiresAt }: ConnectionAccounts,
  capabilities: ProviderLimits & Pick<Capabilities, 'tellsConsent'>,
): Promise<DiscoveryStored> {
  return await db.transaction().execute(async (trx) => {
    const connection = await trx
      .selectFrom('connections')
      .where('id', '=', consent.id)
      .select(['id', 'provider', 'status', 'consent_version', 'account_settings', 'new_accounts'])
      .select(['accounts_checked_at', 'check_requested_at'])
      .select(sql<boolean>`check_refused_at >= status_changed_at`.as('was_refused'))
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const { status } = connection;
    if (status === 'unlinking' || status === 'unlinked') return { outcome: 'unlinked' };
    if (connection.consent_version !== consent.consent_version) return { outcome: 'outdated' };

    const isLink = status === 'linking' || connection.accounts_checked_at === null;
    const known = await knownIds(trx, connection.id);
    if (isLink && accounts.length === 0 && known.size === 0) {
      await setChecked(trx, consent, { status: 'gone', status_code: 'no_accounts' }, undefined);
      return { outcome: 'no_accounts' };
    }
    const unknown = accounts.filter(({ providerAccountId }) => !known.has(providerAccountId));
    const isAdding = isLink || connection.new_accounts === 'link';
    const added = await addAccounts(trx, connection, isAdding ? unknown : [], capabilities);
    const offered = await offerAccounts(trx, connection.id, isAdding ? [] : unknown);
    const active = { status: 'active', status_code: null } as const;
    // A sync may be refused where this is not: then it proves nothing, unless somebody says that it was mended.
    const isProof = connection.check_requested_at !== null || connection.was_refused;
    const stoodAgain = status !== 'active' && capabilities.tellsConsent && isProof;
    const isNew = status === 'linking' || stoodAgain;
    await setChecked(trx, consent, isNew ? active : null, consentExpiresAt);
    return { outcome: 'stored', added, offered };
  });
}

async function knownIds(trx: Transaction<Schema>, connectionId: string): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('accounts')
    .where('connection_id', '=', connectionId)
    .select('provider_account_id')
    .execute();
  return new Set(rows.map((row) => row.provider_account_id));
}

async function setChecked(
  trx: Transaction<Schema>,
  consent: Consent,
  change: { readonly status: 'active' | 'gone'; readonly status_code: string | null } | null,
  consentExpiresAt: Timestamp | null | undefined,
): Promise<void> {
  await trx
    .updateTable('connections')
    .set({
      check_requested_at: null,
      // One that found no account is still to find those that the link chose.
      ...(change?.status === 'gone' ? {} : { accounts_checked_at: sql<Date>`now()` }),
      // It stands: an end that was told and has passed did not come.
      consent_expires_at:
        consentExpiresAt === undefined
          ? sql<Date>`case when consent_expires_at > now() then consent_expires_at end`
          : consentExpiresAt,
      ...(change === null
        ? {}
        : { ...learnt(change.status, change.status_code), status_as_of: consent.read_at }),
    })
    .where('id', '=', consent.id)
    .execute();
}
