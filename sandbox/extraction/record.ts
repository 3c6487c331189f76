import type { BalanceSnapshot } from './extracted-account.ts';

/** The methods that a callback URL can name. */
export const CALLBACK_METHODS = [
  'AUTH',
  'ACCOUNTS',
  'TRANSACTIONS',
  'IDENTITY',
  'INCOME',
  'BALANCE',
  'REFRESH_TRANSACTIONS',
  'PERIODIC_TRANSACTIONS',
  'CHECK_BALANCE',
] as const;

export type CallbackMethod = (typeof CALLBACK_METHODS)[number];

export interface RecordError {
  readonly type: string;
  readonly message: string;
}

/** One extraction run of one bank login. */
export interface ExtractionRecord {
  readonly id: string;
  readonly method: CallbackMethod;
  readonly source: 'link' | 'periodic' | 'refresh';
  readonly customerId: string;
  readonly bankId: string;
  readonly accountIds: readonly string[];
  readonly startedAt: number;
  endedAt: number | null;
  status: 'running' | 'completed' | 'failed';
  error: RecordError | null;
  /** Per account, the transactions that it added or changed. */
  readonly changed: Map<string, readonly string[]>;
  readonly removed: string[];
  /** Per account, the balance that it saw. */
  readonly balances: Map<string, BalanceSnapshot>;
}

/** How many transactions the record added or changed. */
export function changedCount(record: ExtractionRecord): number {
  let count = 0;
  for (const ids of record.changed.values()) count += ids.length;
  return count;
}
