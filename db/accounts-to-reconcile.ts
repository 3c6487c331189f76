import { sql } from 'kysely';
import { ACCOUNT_TO_RUN, type AccountToRun } from './account-to-run.ts';
import type { Database } from './connect.ts';

/**
 * The most accounts that one round takes of each kind: after an outage the rest follows in the next
 * rounds.
 */
const MOST = 500;

/** Accounts whose workflow has not confirmed their settings, though it had the time to. */
export async function accountsWithUnconfirmedSettings(db: Database): Promise<AccountToRun[]> {
  return await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is', null)
    .whereRef('confirmed_settings_version', '<', 'settings_version')
    .where('settings_changed_at', '<', sql<Date>`now() - interval '10 seconds'`)
    .orderBy('settings_changed_at')
    .limit(MOST)
    .select(ACCOUNT_TO_RUN)
    .execute();
}

/** Accounts that should have synced by now and did not: their workflow may be missing. */
export async function lateAccounts(db: Database): Promise<AccountToRun[]> {
  return await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is', null)
    .where('status', 'in', ['scanning', 'active', 'failing'])
    .where('next_sync_at', '<', sql<Date>`now() - interval '2 minutes'`)
    .orderBy('next_sync_at')
    .limit(MOST)
    .select(ACCOUNT_TO_RUN)
    .execute();
}

/** Accounts that hold still for a consent which has been renewed in the meantime. */
export async function accountsToResume(
  db: Database,
): Promise<(AccountToRun & { pause_reason: 'reauth_required' | 'provider_error' })[]> {
  return await db
    .selectFrom('accounts')
    .innerJoin('connections', 'connections.id', 'accounts.connection_id')
    .where('accounts.unlinked_at', 'is', null)
    .where('connections.status', '=', 'active')
    .where('accounts.pause_reason', 'in', ['reauth_required', 'provider_error'])
    .limit(MOST)
    .select([...ACCOUNT_TO_RUN, 'accounts.pause_reason'])
    .$narrowType<{ pause_reason: 'reauth_required' | 'provider_error' }>()
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
