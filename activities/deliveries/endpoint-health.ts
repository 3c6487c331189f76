import type { DeliveryPace } from '../../config/delivery-pace.ts';

/** How an endpoint answers. Times in milliseconds since the epoch. */
export interface EndpointHealth {
  /** That failed one after the other: of several that were under way at once, one counts. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Nothing is sent before. */
  readonly restUntil: number | null;
}

export const HEALTHY: EndpointHealth = { failures: 0, failingSince: null, restUntil: null };

/** What an attempt failed with. */
export interface FailedAttempt {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly statusCode: number | null;
  /** The wait that the receiver asked for. */
  readonly retryAfterMs: number | null;
}

/** An endpoint is not made to rest longer than this because it asks for it. */
const LONGEST_ASKED_REST_MS = 60 * 60_000;

/**
 * Too many requests, bad gateway, unavailable, gateway time-out: the receiver has more than it can do,
 * which the Standard Webhooks specification asks to be heeded.
 */
const isOverloaded = (status: number | null): boolean =>
  status === 429 || status === 502 || status === 503 || status === 504;

/**
 * How an endpoint stands after a failure. It rests once it has failed several times in a row, or was
 * overloaded, or asked for a wait.
 * @param lastFailureAt when the failure before was noticed.
 */
export function afterFailure(
  health: EndpointHealth,
  attempt: FailedAttempt,
  lastFailureAt: number | null,
  pace: DeliveryPace,
): EndpointHealth {
  const { startedAt, endedAt, statusCode, retryAfterMs } = attempt;
  const isOfTheSame = lastFailureAt !== null && startedAt < lastFailureAt;
  const failures = health.failures + (isOfTheSame && health.failures > 0 ? 0 : 1);
  const failingSince = health.failingSince ?? endedAt;
  const doublings = isOverloaded(statusCode) ? failures - 1 : failures - pace.failuresToRest;
  const own = doublings < 0 ? 0 : Math.min(pace.firstRestMs * 2 ** doublings, pace.longestRestMs);
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_ASKED_REST_MS);
  const rest = Math.max(own, asked);
  const restUntil = rest > 0 ? Math.max(health.restUntil ?? 0, endedAt + rest) : health.restUntil;
  return { failures, failingSince, restUntil };
}

/** Whether an endpoint is to have one request at a time, to see whether it has recovered. */
export const isFailing = (health: EndpointHealth, pace: DeliveryPace): boolean =>
  health.failures >= pace.failuresToRest;
