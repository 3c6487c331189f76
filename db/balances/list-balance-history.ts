import { sql } from 'kysely';
import type { CalendarDate } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { exactTime } from '../exact-time.ts';

export interface BalanceHistoryFilter {
  readonly accountId: string;
  readonly limit: number;
  /** UTC dates of `data_as_of`, both included. */
  readonly from?: CalendarDate | undefined;
  readonly to?: CalendarDate | undefined;
  /** The last one of the page before: `data_as_of` with microseconds, and the id. */
  readonly after: { readonly dataAsOf: string; readonly id: string } | null;
}

export type BalanceHistoryRow = Awaited<ReturnType<typeof listBalanceHistory>>[number];

/** The changes of an account's balance, newest first. */
export async function listBalanceHistory(db: Database, filter: BalanceHistoryFilter) {
  const { from, to, after } = filter;
  let query = db.selectFrom('balance_history').where('account_id', '=', filter.accountId);
  if (from !== undefined) {
    query = query.where(sql<boolean>`data_as_of >= ${from}::date::timestamp at time zone 'utc'`);
  }
  if (to !== undefined) {
    query = query.where(sql<boolean>`data_as_of < (${to}::date + 1)::timestamp at time zone 'utc'`);
  }
  if (after) {
    query = query.where(
      sql<boolean>`(data_as_of, id) < (${after.dataAsOf}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return await query
    .orderBy('data_as_of', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .select([
      'id',
      'available',
      'current',
      'credit_limit',
      'currency',
      'data_as_of',
      'recorded_at',
      'sync_run_id',
    ])
    .select(exactTime('data_as_of').as('position'))
    .execute();
}
