import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { isUnchangedSince } from './unchanged-since.ts';

export interface HealthToNote {
  /** That failed in a row. */
  readonly failures: number;
  /** Milliseconds since the first of them; null where there is none. */
  readonly failingMs: number | null;
  /** Milliseconds in which nothing is to be sent; null: none. */
  readonly restMs: number | null;
  readonly succeeded: boolean;
  /** The `updated_at` of the endpoint that this is of. */
  readonly knownAt: Date;
}

/** Stores how an endpoint answers, unless the operator has changed it since. */
export async function noteHealth(
  db: Database,
  endpointId: string,
  { failures, failingMs, restMs, succeeded, knownAt }: HealthToNote,
): Promise<void> {
  const now = sql<Date>`now()`;
  await db
    .updateTable('webhook_endpoints')
    .set({
      failures,
      failing_since: sql<Date | null>`now() - ${failingMs}::float8 * interval '1 ms'`,
      rest_until: sql<Date | null>`now() + ${restMs}::float8 * interval '1 ms'`,
      ...(succeeded ? { last_success_at: now } : { last_failure_at: now }),
    })
    .where('id', '=', endpointId)
    .where('status', '=', 'enabled')
    .where(isUnchangedSince(knownAt))
    .execute();
}
