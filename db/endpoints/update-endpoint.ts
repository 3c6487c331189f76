import { sql } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import type { Database } from '../connect.ts';
import type { EndpointPayload } from '../schema.ts';
import { HEALTHY } from './enabled.ts';
import { wakeEndpoint } from './wake-endpoint.ts';

/** What is absent stays as it is. */
export interface EndpointChange {
  readonly url?: string | undefined;
  readonly description?: string | null | undefined;
  /** Null: all. */
  readonly eventTypes?: readonly EventType[] | null | undefined;
  readonly payload?: EndpointPayload | undefined;
  readonly unchanged?: boolean | undefined;
}

export type EndpointUpdate =
  | 'updated'
  | 'unknown'
  /** Its URL is the account's setting. */
  | 'of_account';

/**
 * Changes an endpoint. With another URL what is known of its failures counts no more, and what waits for it
 * is sent there.
 */
export async function updateEndpoint(
  db: Database,
  id: string,
  change: EndpointChange,
): Promise<EndpointUpdate> {
  return await db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('webhook_endpoints')
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .select(['account_id', 'url'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return 'unknown';
    const { url, description, eventTypes, payload, unchanged } = change;
    const isMoving = url !== undefined && url !== before.url;
    if (url !== undefined && before.account_id !== null) return 'of_account';
    await trx
      .updateTable('webhook_endpoints')
      .set({
        url,
        description,
        payload,
        unchanged,
        ...(eventTypes === undefined ? {} : { event_types: eventTypes ? [...eventTypes] : null }),
        ...(isMoving ? HEALTHY : {}),
        updated_at: sql<Date>`now()`,
      })
      .where('id', '=', id)
      .execute();
    if (isMoving) await wakeEndpoint(trx, id);
    return 'updated';
  });
}
