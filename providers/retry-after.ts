import { readRetryAfter } from '../config/retry-after.ts';

/**
 * How a provider's wait is read: what it means when it gives none, and the longest that is
 * believed.
 */
export interface RetryAfterLimits {
  readonly defaultMs: number;
  readonly longestMs: number;
}

/** Milliseconds to wait by a `Retry-After` header. A missing or unreadable one gives the default. */
export function retryAfterMs(
  header: string | null,
  limits: RetryAfterLimits,
  now: number = Date.now(),
): number {
  return Math.min(readRetryAfter(header, now) ?? limits.defaultMs, limits.longestMs);
}
