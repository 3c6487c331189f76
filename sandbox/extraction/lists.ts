import type { Account } from '../institution/account.ts';
import type { World } from '../state/world.ts';
import type { Entry } from './extracted-account.ts';
import { compareEntries } from './order.ts';
import type { ExtractionRecord } from './record.ts';

/** A transaction with the account that it is in. */
export interface Row {
  readonly account: Account;
  readonly entry: Entry;
}

/** A list of rows, of which only the asked-for page is made. */
export interface RowList {
  readonly length: number;
  slice(start: number, end: number): Row[];
}

/** From and to in milliseconds, both included. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export interface Lists {
  /** What was extracted of some accounts, newest first. */
  ofAccounts(accounts: readonly Account[], period: Period | null): RowList;
  /** What one record added or changed and is still there, newest first. */
  ofRecord(record: ExtractionRecord): RowList;
}

const KEPT = 4;

/**
 * Lists for paging. One account's list needs no work; the others are sorted once and kept until the
 * next extraction, since a long read asks for the same one page after page.
 */
export function createLists(world: World): Lists {
  const kept = new Map<string, { extractions: number; rows: readonly Row[] }>();

  const cached = (key: string, make: () => Row[]): RowList => {
    const { extractions } = world.state;
    const known = kept.get(key);
    if (known?.extractions === extractions) return known.rows;
    const rows = make().sort((a, b) => compareEntries(a.entry, b.entry));
    kept.delete(key);
    kept.set(key, { extractions, rows });
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return rows;
  };

  return {
    ofAccounts(accounts, period) {
      const [only, ...more] = accounts;
      if (only !== undefined && more.length === 0 && period === null) return wholeAccount(only);
      const ids = accounts.map(({ details }) => details.id).join();
      const key = `${ids}/${period?.from ?? ''}/${period?.to ?? ''}`;
      return cached(key, () => accounts.flatMap((account) => within(account, period)));
    },
    ofRecord(record) {
      return cached(record.id, () =>
        [...record.changed].flatMap(([accountId, ids]) => {
          const account = world.state.accounts.get(accountId);
          if (account === undefined) return [];
          return ids.flatMap((id) => {
            const entry = account.extracted.byId.get(id);
            return entry === undefined ? [] : [{ account, entry }];
          });
        }),
      );
    },
  };
}

function wholeAccount(account: Account): RowList {
  const { entries } = account.extracted;
  return {
    length: entries.length,
    slice: (start, end) => entries.slice(start, end).map((entry) => ({ account, entry })),
  };
}

function within(account: Account, period: Period | null): Row[] {
  const rows: Row[] = [];
  for (const entry of account.extracted.entries) {
    const at = entry.transaction.transactedAt;
    if (period === null || (at >= period.from && at <= period.to)) rows.push({ account, entry });
  }
  return rows;
}
