import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { recordEvents } from '../events/record-event.ts';

/** Told so many days before. */
const DAYS = 7;

/** The most connections that one call tells of: the rest follows in the next ones. */
const MOST = 1_000;

/**
 * Tells of the consents that expire soon, each once for the time at which it does, by an event of its connection. One
 * that is being written to is left to the next call. Answers with how many were told of.
 */
export async function tellExpiries(db: Database): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    const told = await trx
      .updateTable('connections')
      .set((eb) => ({ expiry_told_for: eb.ref('consent_expires_at') }))
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('connections')
          .where('status', '=', 'active')
          .where('consent_expires_at', '<', sql<Date>`now() + ${DAYS} * interval '1 day'`)
          .where(sql<boolean>`expiry_told_for is distinct from consent_expires_at`)
          .orderBy('consent_expires_at')
          .select('id')
          .limit(MOST)
          .forNoKeyUpdate()
          .skipLocked(),
      )
      .returning(['id', 'consent_expires_at'])
      .execute();
    await recordEvents(
      trx,
      told.map(({ id, consent_expires_at: expiresAt }) => ({
        type: 'connection.expiring',
        connectionId: id,
        data: { consent_expires_at: expiresAt?.toISOString() },
      })),
    );
    return told.length;
  });
}
