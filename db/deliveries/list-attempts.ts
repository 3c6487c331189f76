import type { Database } from '../connect.ts';

/** A delivery that was asked for again and again has as many. */
const MOST = 100;

export type AttemptRow = Awaited<ReturnType<typeof listAttempts>>[number];

/** The newest attempts of a delivery, a hundred at the most, the oldest of them first. */
export async function listAttempts(db: Database, endpointId: string, eventId: string) {
  const newest = await db
    .selectFrom('delivery_attempts')
    .where('endpoint_id', '=', endpointId)
    .where('event_id', '=', eventId)
    .select(['number', 'started_at', 'latency_ms', 'status_code', 'error_code', 'response_start'])
    .orderBy('number', 'desc')
    .limit(MOST)
    .execute();
  return newest.toReversed();
}
