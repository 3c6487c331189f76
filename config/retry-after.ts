/**
 * Milliseconds to wait by a `Retry-After` header: whole seconds or an HTTP date (RFC 9110 §10.2.3), 0 where it has
 * passed. Null where the header is missing or unreadable.
 */
export function readRetryAfter(header: string | null, now: number = Date.now()): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Only a date with words in it is an HTTP date; Date.parse would also take `1.5` or `-3`.
  const wait = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(wait) ? null : Math.max(wait, 0);
}
