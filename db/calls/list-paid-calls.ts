import { sql } from 'kysely';
import type { Database } from '../connect.ts';

export interface PaidCallsFilter {
  /** UTC dates, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly provider?: string | undefined;
}

export interface PaidCallsPlace {
  readonly day: string;
  readonly provider: string;
  readonly call: string;
}

export type PaidCallsRow = Awaited<ReturnType<typeof listPaidCalls>>[number];

/** How many there were by day, provider and call: the last day first, behind `after`. */
export async function listPaidCalls(
  db: Database,
  { from, to, provider }: PaidCallsFilter,
  { limit, after }: { readonly limit: number; readonly after: PaidCallsPlace | null },
) {
  let query = db.selectFrom('paid_calls_by_day');
  if (from !== undefined) query = query.where('day', '>=', from);
  if (to !== undefined) query = query.where('day', '<=', to);
  if (provider !== undefined) query = query.where('provider', '=', provider);
  if (after !== null) {
    query = query
      .where('day', '<=', after.day)
      .where(
        sql<boolean>`(day < ${after.day} or (provider, call) > (${after.provider}, ${after.call}))`,
      );
  }
  return await query
    .select(['day', 'provider', 'call', 'calls'])
    .orderBy('day', 'desc')
    .orderBy('provider')
    .orderBy('call')
    .limit(limit)
    .execute();
}
