import { available, type Account } from '../institution/account.ts';
import type { Entry } from './extracted-account.ts';
import { compareEntries, position } from './order.ts';
import type { ExtractionRecord } from './record.ts';

/** Above this many changes, sorting anew is cheaper than moving the tail of the list for each. */
const SORT_ANEW_ABOVE = 500;

export interface ExtractedProducts {
  readonly balance: boolean;
  readonly transactions: boolean;
}

/**
 * Makes the institution's present state of one account visible, and notes in `record` what that
 * changed.
 */
export function applyExtraction(
  account: Account,
  record: ExtractionRecord,
  products: ExtractedProducts,
  at: number,
): void {
  const { extracted, details, funds } = account;
  if (products.balance) {
    extracted.balance = {
      ledger: funds.ledger,
      available: available(funds),
      at,
      record: record.id,
    };
    record.balances.set(details.id, extracted.balance);
  }
  if (products.transactions) {
    const { changed, removed } = takeChanges(account, record.id);
    if (changed.length > 0) record.changed.set(details.id, changed);
    record.removed.push(...removed);
    extracted.transactionsRecord = record.id;
    extracted.transactionsAt = at;
  }
  extracted.records = [...extracted.records.slice(-9), record.id];
}

function takeChanges(account: Account, recordId: string): { changed: string[]; removed: string[] } {
  const { extracted, live, dirty } = account;
  const changed: string[] = [];
  const removed: string[] = [];
  const sortAnew = dirty.size > SORT_ANEW_ABOVE;
  const firstSeen = [recordId];
  for (const id of dirty) {
    const now = live.get(id);
    const before = extracted.byId.get(id);
    if (now === before?.transaction) continue;
    if (before !== undefined) {
      extracted.byId.delete(id);
      if (!sortAnew) extracted.entries.splice(position(extracted.entries, before), 1);
    }
    if (now === undefined) {
      removed.push(id);
      continue;
    }
    const records = before === undefined ? firstSeen : [...before.records, recordId];
    const entry: Entry = { transaction: now, records };
    extracted.byId.set(id, entry);
    if (!sortAnew) extracted.entries.splice(position(extracted.entries, entry), 0, entry);
    changed.push(id);
  }
  if (sortAnew) extracted.entries = [...extracted.byId.values()].sort(compareEntries);
  dirty.clear();
  return { changed, removed };
}
