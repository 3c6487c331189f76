import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DeliveryStatus } from '../schema.ts';

export interface DeliveryPosition {
  readonly eventId: string;
  readonly endpointId: string;
}

export interface DeliveryFilter {
  readonly endpointId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
}

export interface DeliveryPage {
  readonly limit: number;
  /** The last one of the page before. */
  readonly after: DeliveryPosition | null;
}

export type DeliveryRow = Awaited<ReturnType<typeof listDeliveries>>[number];

/** A page of the deliveries, those of the newest event first. */
export async function listDeliveries(
  db: Database,
  filter: DeliveryFilter,
  { limit, after }: DeliveryPage,
) {
  const { endpointId, eventId, accountId, status } = filter;
  let query = deliveryRows(db);
  if (endpointId !== undefined) query = query.where('delivery.endpoint_id', '=', endpointId);
  if (eventId !== undefined) query = query.where('delivery.event_id', '=', eventId);
  if (accountId !== undefined) query = query.where('event.account_id', '=', accountId);
  if (status !== undefined) query = query.where('delivery.status', '=', status);
  if (after) {
    query = query.where(
      sql<boolean>`(delivery.event_id, delivery.endpoint_id) < (${after.eventId}::uuid, ${after.endpointId}::uuid)`,
    );
  }
  return await query
    .orderBy('delivery.event_id', 'desc')
    .orderBy('delivery.endpoint_id', 'desc')
    .limit(limit)
    .execute();
}

export async function findDelivery(
  db: Database,
  endpointId: string,
  eventId: string,
): Promise<DeliveryRow | undefined> {
  return await deliveryRows(db)
    .where('delivery.endpoint_id', '=', endpointId)
    .where('delivery.event_id', '=', eventId)
    .executeTakeFirst();
}

function deliveryRows(db: Database) {
  return db
    .selectFrom('deliveries as delivery')
    .innerJoin('events as event', 'event.id', 'delivery.event_id')
    .select(['delivery.endpoint_id', 'delivery.event_id', 'delivery.status', 'delivery.attempts'])
    .select(['delivery.next_attempt_at', 'delivery.last_attempt_at', 'delivery.ended_at'])
    .select(['delivery.last_status_code', 'delivery.last_error_code'])
    .select(['event.type as event_type', 'event.account_id', 'event.sequence']);
}
