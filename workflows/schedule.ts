import type { Pace } from '../config/pace.ts';

/** FNV-1a, 32 bits: spreads account ids evenly, the same on every replay. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/**
 * The first slot after `now` of an account that is refreshed every `intervalMs`. Slots lie at fixed
 * times, counted from the epoch and shifted by the account's own offset: they never drift, accounts
 * with the same interval do not come all at once, and slots missed in a downtime collapse into the
 * next one. All in milliseconds.
 */
export function nextSlot(accountId: string, intervalMs: number, now: number): number {
  const offset = hash(accountId) % intervalMs;
  return (Math.floor((now - offset) / intervalMs) + 1) * intervalMs + offset;
}

/**
 * How long to wait before a product that failed `failures` times in a row is tried again, in
 * milliseconds. Up to a fifth more or less, by the account's id: accounts that failed together do not
 * come back together.
 */
export function backoff(accountId: string, failures: number, pace: Pace): number {
  const doubled = pace.firstRetryMs * 2 ** Math.min(failures - 1, 20);
  const spread = 0.8 + (hash(`${accountId} ${failures}`) % 1_000) / 2_500;
  return Math.round(Math.min(doubled, pace.longestRetryMs) * spread);
}
