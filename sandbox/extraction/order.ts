import type { Entry } from './extracted-account.ts';

/** The order of every list of transactions: newest `trans_date` first, then the higher id. */
export function compareEntries(left: Entry, right: Entry): number {
  const a = left.transaction;
  const b = right.transaction;
  if (a.transactedAt !== b.transactedAt) return b.transactedAt - a.transactedAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}

/** Where an entry is, or would go, in an ordered list. */
export function position(entries: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = entries[middle];
    if (there !== undefined && compareEntries(there, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
