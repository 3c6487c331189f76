import type { DeliveryPace } from '../../config/delivery-pace.ts';

/** How an endpoint answers. Times in milliseconds since the epoch. */
export interface EndpointHealth {
  /** That failed one after the other: of several that were under way at once, one counts. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Nothing is sent before. */
  readonly restUntil: number | null;
  /** When the last failure that counted was noticed, by who now delivers to it. */
  readonly countedAt: number | null;
}

export const HEALTHY: EndpointHealth = {
  failures: 0,
  failingSince: null,
  restUntil: null,
  countedAt: null,
};

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
 */
export function afterFailure(
  health: EndpointHealth,
  attempt: FailedAttempt,
  pace: DeliveryPace,
): EndpointHealth {
  const { startedAt, endedAt, statusCode, retryAfterMs } = attempt;
  const isOfTheSame = health.failures > 0 && isBeforeCounted(health, startedAt);
  const failures = health.failures + (isOfTheSame ? 0 : 1);
  const failingSince = health.failingSince ?? endedAt;
  const doublings = isOverloaded(statusCode) ? failures - 1 : failures - pace.failuresToRest;
  const own = doublings < 0 ? 0 : Math.min(pace.firstRestMs * 2 ** doublings, pace.longestRestMs);
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_ASKED_REST_MS);
  const rest = Math.max(own, asked);
  const restUntil = rest > 0 ? Math.max(health.restUntil ?? 0, endedAt + rest) : health.restUntil;
  return { failures, failingSince, restUntil, countedAt: isOfTheSame ? health.countedAt : endedAt };
}

/** How it stands after a success. One that was under way when a rest began does not end it. */
export function afterSuccess(health: EndpointHealth, startedAt: number): EndpointHealth {
  const { restUntil, countedAt } = health;
  const isKept = isBeforeCounted(health, startedAt);
  return { ...HEALTHY, restUntil: isKept ? restUntil : null, countedAt };
}

const isBeforeCounted = ({ countedAt }: EndpointHealth, startedAt: number): boolean =>
  countedAt !== null && startedAt < countedAt;

/** Whether an endpoint is to have one request at a time, to see whether it has recovered. */
export const isFailing = (health: EndpointHealth, pace: DeliveryPace): boolean =>
  health.failures >= pace.failuresToRest;
