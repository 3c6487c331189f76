import type { DeliveryPace } from '../../config/delivery-pace.ts';

/** A receiver cannot put a delivery off for longer. */
const LONGEST_ASKED_MS = 24 * 60 * 60_000;

/**
 * Milliseconds until a delivery is tried again; null: never.
 * @param tries that were made, this one included.
 * @param retryAfterMs the wait that the receiver asked for.
 */
export function retryDelay(
  tries: number,
  retryAfterMs: number | null,
  pace: DeliveryPace,
): number | null {
  const delay = pace.retryDelaysMs[tries - 1];
  if (delay === undefined) return null;
  const own = delay * (1 + Math.random() * pace.jitter);
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS));
}
