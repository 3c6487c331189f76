import { sql, type RawBuilder } from 'kysely';
import { accountsToRun, type AccountToRun } from './account-to-run.ts';
import type { Database } from '../connect.ts';

/**
 * The most accounts that one round takes of each kind. The rest follows in the next rounds: those that
 * were told are left out for a while, and those that could not be told go behind the others.
 */
const MOST = 1_000;

/** Not told since then, or so long ago that it may have been to no effect. */
const isToBeNudged = (since: RawBuilder<unknown>, again: string): RawBuilder<boolean> =>
  sql<boolean>`(accounts.nudged_at is null or accounts.nudged_at < ${since}
    or accounts.nudged_at < now() - ${sql.lit(again)}::interval)`;

const LEAST_RECENTLY_TRIED = sql`accounts.nudge_tried_at nulls first`;

/** Accounts whose workflow has not confirmed their settings, though it had the time to. */
export async function accountsWithUnconfirmedSettings(db: Database): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .whereRef('accounts.confirmed_settings_version', '<', 'accounts.settings_version')
    .where('accounts.settings_changed_at', '<', sql<Date>`now() - interval '10 seconds'`)
    .where(isToBeNudged(sql.ref('accounts.settings_changed_at'), '5 minutes'))
    .orderBy(LEAST_RECENTLY_TRIED)
    .limit(MOST)
    .execute();
}

/**
 * Accounts that should have synced by now and did not: their workflow may be missing, or Postgres may not
 * know what it has planned.
 */
export async function lateAccounts(db: Database): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .where('accounts.next_sync_at', '<', sql<Date>`now() - interval '2 minutes'`)
    .where(isToBeNudged(sql.ref('accounts.next_sync_at'), '10 minutes'))
    .orderBy(LEAST_RECENTLY_TRIED)
    .limit(MOST)
    .execute();
}

/**
 * Accounts whose workflow has not confirmed what was learnt of their connection's consent within the last
 * day, though it had the time to. For what is older the rounds over all accounts look.
 */
export async function accountsWithUnconfirmedConsent(db: Database): Promise<AccountToRun[]> {
  return await accountsToRun(db)
    .where('accounts.unlinked_at', 'is', null)
    .where('connections.status', 'in', ['active', 'reauth_required', 'gone'])
    .where('connections.consent_changed_at', '>', sql<Date>`now() - interval '1 day'`)
    .where('connections.consent_changed_at', '<', sql<Date>`now() - interval '5 seconds'`)
    .whereRef('accounts.confirmed_consent_version', '<', 'connections.consent_version')
    .where(isToBeNudged(sql.ref('connections.consent_changed_at'), '5 minutes'))
    .orderBy(LEAST_RECENTLY_TRIED)
    .limit(MOST)
    .execute();
}

/**
 * Unlinked accounts of which it is not known that they have no workflow: one that was told to end is
 * looked for again.
 */
export async function accountsToStop(db: Database): Promise<{ id: string }[]> {
  return await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is not', null)
    .whereRef('confirmed_settings_version', '<', 'settings_version')
    .where(isToBeNudged(sql.ref('accounts.unlinked_at'), '30 seconds'))
    .orderBy(LEAST_RECENTLY_TRIED)
    .limit(MOST)
    .select('id')
    .execute();
}
