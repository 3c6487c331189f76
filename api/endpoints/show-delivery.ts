import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { listAttempts } from '../../db/deliveries/list-attempts.ts';
import { findDelivery, type DeliveryRow } from '../../db/deliveries/list-deliveries.ts';
import { notFound } from '../http/problem.ts';
import { toDeliveryWithAttempts, type deliveryWithAttempts } from '../schemas/delivery.ts';

const LOOK_EVERY_MS = 200;

/** A delivery with its attempts. */
export async function showDelivery(
  db: Database,
  endpointId: string,
  eventId: string,
): Promise<z.infer<typeof deliveryWithAttempts>> {
  const row = await deliveryOr404(db, endpointId, eventId);
  return toDeliveryWithAttempts(row, await listAttempts(db, endpointId, eventId));
}

/** Answers whether the delivery was attempted, which it waits for for this long at the most. */
export async function isAttempted(
  db: Database,
  endpointId: string,
  eventId: string,
  waitMs: number,
): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const { attempts, status } = await deliveryOr404(db, endpointId, eventId);
    if (attempts > 0 || status !== 'pending') return true;
    const left = deadline - Date.now();
    if (left <= 0) return false;
    await delay(Math.min(LOOK_EVERY_MS, left));
  }
}

async function deliveryOr404(
  db: Database,
  endpointId: string,
  eventId: string,
): Promise<DeliveryRow> {
  const row = await findDelivery(db, endpointId, eventId);
  if (!row) throw notFound('delivery');
  return row;
}
