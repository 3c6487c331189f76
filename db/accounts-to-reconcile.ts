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
export async function accountsToResume(db: Database): Promise<AccountToRun[]> {
  return await db
    .selectFrom('accounts')
    .innerJoin('connections', 'connections.id', 'accounts.connection_id')
    .where('accounts.unlinked_at', 'is', null)
    .where('connections.status', '=', 'active')
    .where('accounts.pause_reason', '=', 'reauth_required')
    .limit(MOST)
    .select(ACCOUNT_TO_RUN)
    .execute();
}

/** The rounds in which every account is looked at once. */
const SLICES = 60;

/**
 * A slice of the linked accounts, another one in each round: their workflows are started where they
 * are missing, which for an account that waits for nothing shows in no other way.
 */
export async function accountsOfRound(db: Database, round: number): Promise<AccountToRun[]> {
  return await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is', null)
    .where(
      sql<boolean>`mod(hashtext(id::text)::bigint + 2147483648, ${SLICES}) = ${round % SLICES}`,
    )
    .select(ACCOUNT_TO_RUN)
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
