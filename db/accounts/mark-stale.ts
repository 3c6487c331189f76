import { sql } from 'kysely';
import { PRODUCTS } from '../../config/product.ts';
import type { Database } from '../connect.ts';
import { recordEvents } from '../events/record-event.ts';
import { isStale, isStaleInAny } from './staleness.ts';

/** The most accounts that one call marks: after an outage the rest follows in the next ones. */
const MOST = 5_000;

/**
 * Marks the accounts that have become stale, each with its event, and takes the mark from those that
 * are stale no more. One whose settings have just changed (it was started after a long pause, say) has
 * two minutes to be refreshed first. One that is being written to is left to the next call. Answers
 * with how many were marked.
 */
export async function markStale(db: Database): Promise<number> {
  await db
    .updateTable('accounts')
    .set({ stale_since: null })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('accounts')
        .where('stale_since', 'is not', null)
        .where(sql<boolean>`not ${isStaleInAny}`)
        .select('id')
        .limit(MOST)
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .execute();
  return await db.transaction().execute(async (trx) => {
    const marked = await trx
      .updateTable('accounts')
      .set({ stale_since: sql<Date>`now()` })
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('accounts')
          .where('stale_since', 'is', null)
          .where('settings_changed_at', '<', sql<Date>`now() - interval '2 minutes'`)
          .where(isStaleInAny)
          .select('id')
          .limit(MOST)
          .forNoKeyUpdate()
          .skipLocked(),
      )
      .returning(['id', 'connection_id', 'status', 'pause_reason'])
      .returning([isStale('balance').as('balance'), isStale('transaction').as('transaction')])
      .execute();
    await recordEvents(
      trx,
      marked.map((account) => ({
        type: 'account.stale',
        connectionId: account.connection_id,
        accountId: account.id,
        data: {
          status: account.status,
          pause_reason: account.pause_reason,
          products: PRODUCTS.filter((name) => account[name]),
        },
      })),
    );
    return marked.length;
  });
}
