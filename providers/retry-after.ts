/**
 * How a provider's wait is read: what it means when it gives none, and the longest that is
 * believed.
 */
export interface RetryAfterLimits {
  readonly defaultMs: number;
  readonly longestMs: number;
}

/**
 * Milliseconds to wait by a `Retry-After` header: whole seconds or an HTTP date (RFC 9110 §10.2.3).
 * A missing or unreadable header gives the default.
 */
export function retryAfterMs(
  header: string | null,
  limits: RetryAfterLimits,
  now: number = Date.now(),
): number {
  const wait = header === null ? Number.NaN : waitOf(header.trim(), now);
  const chosen = Number.isNaN(wait) ? limits.defaultMs : wait;
  return Math.min(Math.max(chosen, 0), limits.longestMs);
}

function waitOf(header: string, now: number): number {
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  // Only a date with words in it is an HTTP date; Date.parse would also take `1.5` or `-3`.
  return /^[A-Za-z]{3}/.test(header) ? Date.parse(header) - now : Number.NaN;
}
