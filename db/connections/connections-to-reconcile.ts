import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { ConnectionToRun } from './connection-to-run.ts';

/** The most that one round takes of each kind. */
const MOST = 500;
/** What a provider can be asked beside its syncs: some hundred thousand connections a day. */
const MOST_CHECKS = 200;

/** Connections that have been looking for their accounts for longer than a workflow needs to begin. */
export async function connectionsToLink(db: Database): Promise<ConnectionToRun[]> {
  return await db
    .selectFrom('connections')
    .where('status', '=', 'linking')
    .where('status_changed_at', '<', sql<Date>`now() - interval '5 seconds'`)
    // Those that wait for their provider would else be the same ones in each round.
    .orderBy(sql`random()`)
    .limit(MOST)
    .select(['id', 'provider'])
    .execute();
}

/** Connections that are to be unlinked, or erased, and are not. */
export async function connectionsToUnlink(db: Database): Promise<ConnectionToRun[]> {
  return await db
    .selectFrom('connections')
    .where((eb) =>
      eb.or([
        eb.and([
          eb('status', '=', 'unlinking'),
          eb('unlink_requested_at', '<', sql<Date>`now() - interval '5 seconds'`),
        ]),
        eb.and([
          eb('status', '=', 'unlinked'),
          eb('unlink_data', '=', 'erase'),
          eb('erased_at', 'is', null),
        ]),
      ]),
    )
    .orderBy(sql`random()`)
    .limit(MOST)
    .select(['id', 'provider'])
    .execute();
}

/**
 * Active connections whose accounts were last asked for a day ago, or not since they were linked; those of
 * which a webhook told that something has changed; and, where the provider tells how a consent stands, those
 * that wait for a log-in, once an hour, and those that have ended, once a day: a webhook may have been lost.
 *
 * @param telling the providers that tell it.
 */
export async function connectionsToCheck(
  db: Database,
  telling: readonly string[],
): Promise<ConnectionToRun[]> {
  return await db
    .selectFrom('connections')
    .where((eb) =>
      eb.or([
        eb.and([
          eb('status', '=', 'active'),
          eb.or([
            eb('accounts_checked_at', 'is', null),
            eb('accounts_checked_at', '<', sql<Date>`now() - interval '1 day'`),
          ]),
        ]),
        eb.and([
          eb('status', 'in', ['active', 'reauth_required', 'gone']),
          eb('check_requested_at', '<', sql<Date>`now() - interval '5 seconds'`),
        ]),
        eb.and([
          eb('status', 'in', ['reauth_required', 'gone']),
          sql<boolean>`provider = any(${[...telling]}::text[])`,
          sql<boolean>`accounts_checked_at < now()
            - case status when 'gone' then interval '1 day' else interval '1 hour' end`,
        ]),
      ]),
    )
    // As above: one provider that hangs is not to hold up the others.
    .orderBy(sql`random()`)
    .limit(MOST_CHECKS)
    .select(['id', 'provider'])
    .execute();
}
