import { sql } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import type { Database } from '../connect.ts';
import type { EndpointPayload } from '../schema.ts';

/** Endpoints that hear of all accounts: each event is matched with every one of them. */
export const MOST_ENDPOINTS = 100;

/** Any number, but the same in every API. */
const LOCK = '7310031482170664007';

export interface NewEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Null: all. */
  readonly eventTypes: readonly EventType[] | null;
  readonly payload: EndpointPayload;
  readonly unchanged: boolean;
  /** Sealed. */
  readonly secret: Buffer;
}

/** Stores an endpoint that hears of all accounts. Answers false, and stores nothing, where there are too many. */
export async function createEndpoint(db: Database, endpoint: NewEndpoint): Promise<boolean> {
  const { eventTypes, ...values } = endpoint;
  return await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(trx);
    const { count } = await trx
      .selectFrom('webhook_endpoints')
      .where('account_id', 'is', null)
      .where('deleted_at', 'is', null)
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow();
    if (count >= MOST_ENDPOINTS) return false;
    await trx
      .insertInto('webhook_endpoints')
      .values({ ...values, event_types: eventTypes ? [...eventTypes] : null })
      .execute();
    return true;
  });
}
