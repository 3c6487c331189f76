import { sql } from 'kysely';
import { accountsToRun, type AccountToRun } from './account-to-run.ts';
import type { Database } from './connect.ts';

/**
 * The most accounts that one round takes of each kind: after an outage the rest follows in the next
 * rounds.
 */
const MOST = 500;

/** Accounts whose workflow has not confirmed their settings, though it had the time to. */
export async function accountsWithUnconfirmedSettings(db: Database): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .whereRef('accounts.confirmed_settings_version', '<', 'accounts.settings_version')
    .where('accounts.settings_changed_at', '<', sql<Date>`now() - interval '10 seconds'`)
    .orderBy('accounts.settings_changed_at')
    .limit(MOST)
    .execute();
}

/** Accounts that should have synced by now and did not: their workflow may be missing. */
export async function lateAccounts(db: Database): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .where('accounts.next_sync_at', '<', sql<Date>`now() - interval '2 minutes'`)
    .orderBy('accounts.next_sync_at')
    .limit(MOST)
    .execute();
}

/** Accounts whose workflow has not confirmed what was learnt of their connection's consent. */
export async function accountsWithUnconfirmedConsent(db: Database): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .where('connections.status', 'in', ['active', 'reauth_required', 'gone'])
    .whereRef('accounts.confirmed_consent_version', '<', 'connections.consent_version')
    .limit(MOST)
    .execute();
}

/** In so many rounds every account is looked at once; in fewer where there are few. */
const MOST_SLICES = 60;
const SLICE = 250;

/**
 * A slice of the linked accounts, another one in each round: their workflows are started where they
 * are missing, which for an account that waits for nothing shows in no other way.
 */
export async function accountsOfRound(db: Database, round: number): Promise<AccountToRun[]> {
  const linked = await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is', null)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  const slices = Math.min(Math.max(Math.ceil(Number(linked.count) / SLICE), 1), MOST_SLICES);
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .where(
      sql<boolean>`mod(hashtext(accounts.id::text)::bigint + 2147483648, ${slices}) = ${round % slices}`,
    )
    .execute();
}

/** Unlinked accounts whose workflow has not been told. */
export async function accountsToStop(db: Database): Promise<{ id: string }[]> {
  return await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is not', null)
    .whereRef('confirmed_settings_version', '<', 'settings_version')
    .limit(MOST)
    .select('id')
    .execute();
}
