import type { Transaction } from '../institution/types.ts';
import type { Money } from '../money.ts';

/** A transaction as extracted, with the records that added or changed it. Immutable. */
export interface Entry {
  readonly transaction: Transaction;
  readonly records: readonly string[];
}

export interface BalanceSnapshot {
  readonly ledger: Money;
  readonly available: Money;
  /** The bank's time for it. */
  readonly at: number;
  readonly record: string;
}

/** What the aggregator's REST reads show of one account. */
export interface ExtractedAccount {
  balance: BalanceSnapshot | null;
  /**
   * Newest transaction first. Changed in place by each extraction, so pages shift as they would at
   * a bank.
   */
  entries: Entry[];
  readonly byId: Map<string, Entry>;
  /** The newest extraction of transactions. */
  transactionsRecord: string | null;
  transactionsAt: number;
  /** Newest last, at most ten. */
  records: string[];
}

export function createExtractedAccount(): ExtractedAccount {
  return {
    balance: null,
    entries: [],
    byId: new Map(),
    transactionsRecord: null,
    transactionsAt: 0,
    records: [],
  };
}
