import type {
  ProviderBalance,
  ProviderTransaction,
  TransactionsEnd,
  TransactionsQuery,
} from '../../../providers/provider.ts';

/** What of a transaction is followed through its changes. */
export interface Content {
  readonly provider_transaction_id: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly description: string | null;
  readonly counterparty: string | null;
  readonly transacted_at: string;
  readonly booked_at: string | null;
  readonly running_balance: string | null;
  readonly removed_at: string | null;
}

export interface LedgerRow {
  /** Our id, known once the row was seen in the tables. */
  id: string | null;
  now: Content;
  pendingId: string | null;
  matchedBy: string | null;
  version: string;
  readonly first: Content;
  /** The kinds of its recorded changes, in order. */
  readonly history: string[];
}

export interface LedgerBalance {
  readonly available: string | null;
  readonly current: string | null;
  readonly data_as_of: string;
}

/** What the tables of one account should hold. */
export interface Ledger {
  readonly rows: LedgerRow[];
  balance: LedgerBalance | null;
  readonly balances: LedgerBalance[];
}

export interface Counts {
  readonly fetched: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface Read {
  readonly scope: TransactionsQuery['scope'];
  readonly upserts: ProviderTransaction[];
  end: TransactionsEnd | null;
}

export interface ToldRemoval {
  readonly id: string;
  readonly at: string;
}

const FIVE_DAYS_MS = 5 * 86_400_000;

export const emptyLedger = (): Ledger => ({ rows: [], balance: null, balances: [] });

/** The sandbox bank tells of each. */
const versionOf = (one: ProviderTransaction): string => one.providerUpdatedAt ?? '';

/** The rules of a sync of transactions, over plain objects: what was read and told takes effect. */
export function applyTransactions(
  ledger: Ledger,
  reads: readonly Read[],
  told: readonly ToldRemoval[],
): Counts {
  const { rows } = ledger;
  const all = reads.flatMap(({ upserts }) => upserts);
  const newest = new Map<string, ProviderTransaction>();
  for (const one of all) {
    const other = newest.get(one.providerTransactionId);
    if (!other || versionOf(one) >= versionOf(other)) {
      newest.set(one.providerTransactionId, one);
    }
  }
  const find = (id: string): LedgerRow | undefined =>
    rows.find(({ now }) => now.provider_transaction_id === id);
  const whole = reads.find(({ end }) => end?.cursor);
  const window = whole?.end?.complete;
  const times = reads.map(({ end }) => end?.dataAsOf ?? '').sort();
  const readAsOf = whole?.end?.dataAsOf ?? times[0] ?? '';
  let removed = 0;

  // A pending one whose booked form is known is nothing new.
  for (const [id, one] of newest) {
    const hasSuccessor =
      rows.some((row) => row.pendingId === id && stands(row)) ||
      [...newest.values()].some((other) => other.pendingProviderTransactionId === id);
    if (one.status === 'pending' && hasSuccessor) newest.delete(id);
  }
  for (const one of newest.values()) {
    const before = find(one.pendingProviderTransactionId ?? '');
    if (before && !find(one.providerTransactionId) && versionOf(one) >= before.version) {
      takeOver(before, one, 'provider');
    }
  }

  const remove = (row: LedgerRow, at: string): void => {
    row.now = { ...row.now, removed_at: at };
    row.history.push('removed');
    removed += 1;
  };
  for (const id of new Set(told.map((one) => one.id))) {
    const row = find(id);
    const at = told
      .filter((one) => one.id === id && row && row.version <= one.at)
      .map((one) => one.at)
      .sort()
      .at(-1);
    if (row && at && stands(row)) remove(row, at);
  }

  const within = (at: string): boolean =>
    window !== null &&
    window !== undefined &&
    (window.from === null || at.slice(0, 10) >= window.from) &&
    (window.to === null || at.slice(0, 10) <= window.to);
  const pairs = rows.flatMap((row) =>
    [...newest.values()]
      .filter(
        (one) =>
          row.now.status === 'pending' &&
          one.status === 'posted' &&
          one.pendingProviderTransactionId === null &&
          one.amount === row.now.amount &&
          one.currency === row.now.currency &&
          versionOf(one) >= row.version &&
          Math.abs(Date.parse(one.transactedAt) - Date.parse(row.now.transacted_at)) <=
            FIVE_DAYS_MS &&
          !newest.has(row.now.provider_transaction_id) &&
          !find(one.providerTransactionId) &&
          (!stands(row) || within(row.now.transacted_at)),
      )
      .map((one) => ({ row, one })),
  );
  for (const { row, one } of pairs) {
    const rivals = pairs.filter((other) => other.row === row || other.one === one);
    if (rivals.length === 1) takeOver(row, one, 'likeness');
  }

  let added = 0;
  let changed = 0;
  for (const one of newest.values()) {
    const content = contentOf(one);
    const row = find(one.providerTransactionId);
    if (!row) {
      rows.push({
        id: null,
        now: content,
        pendingId: one.pendingProviderTransactionId,
        matchedBy: null,
        version: versionOf(one),
        first: content,
        history: [],
      });
      added += 1;
      continue;
    }
    if (versionOf(one) < row.version) continue;
    const removedAt = row.now.removed_at;
    if (removedAt !== null && versionOf(one) <= removedAt && readAsOf <= removedAt) {
      continue;
    }
    row.version = versionOf(one);
    if (JSON.stringify(content) === JSON.stringify(row.now)) continue;
    row.now = content;
    row.history.push(removedAt === null ? 'changed' : 'restored');
    changed += 1;
  }

  if (window && whole?.end) {
    const asOf = whole.end.dataAsOf;
    for (const row of rows) {
      const { provider_transaction_id: id, transacted_at: at } = row.now;
      if (stands(row) && row.version <= asOf && within(at) && !newest.has(id)) remove(row, asOf);
    }
  }
  return { fetched: all.length, added, changed, removed };
}

export function applyBalance(
  ledger: Ledger,
  told: readonly ProviderBalance[],
  fetched: ProviderBalance | null,
): Counts {
  const counts = { fetched: 0, added: 0, changed: 0, removed: 0 };
  const candidates = fetched ? [...told, fetched] : told;
  let newest: ProviderBalance | undefined;
  for (const one of candidates) if (!newest || one.dataAsOf >= newest.dataAsOf) newest = one;
  if (!newest) return counts;
  const fetchedNow = { ...counts, fetched: newest === fetched ? 1 : 0 };
  const { available, current, dataAsOf } = newest;
  const stored = ledger.balance;
  if (stored && dataAsOf < stored.data_as_of) return fetchedNow;
  ledger.balance = { available, current, data_as_of: dataAsOf };
  if (stored && stored.available === available && stored.current === current) return fetchedNow;
  ledger.balances.push(ledger.balance);
  return { ...fetchedNow, added: stored ? 0 : 1, changed: stored ? 1 : 0 };
}

const stands = ({ now }: LedgerRow): boolean => now.removed_at === null;

function takeOver(row: LedgerRow, by: ProviderTransaction, how: string): void {
  row.pendingId = row.now.provider_transaction_id;
  row.matchedBy = how;
  row.now = {
    ...row.now,
    provider_transaction_id: by.providerTransactionId,
    removed_at: null,
  };
  row.history.push('changed');
}

function contentOf(one: ProviderTransaction): Content {
  return {
    provider_transaction_id: one.providerTransactionId,
    status: one.status,
    amount: one.amount,
    currency: one.currency,
    description: one.description,
    counterparty: one.counterparty,
    transacted_at: one.transactedAt,
    booked_at: one.bookedAt,
    running_balance: one.runningBalance,
    removed_at: null,
  };
}
