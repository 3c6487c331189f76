import type { Products } from 'plaid';
import type { PlaidErrorCode } from '../errors/codes.ts';
import type { Balances, BankTransaction } from '../bank/types.ts';

/** An account as this item has it: two items of one login have different ids for it. */
export interface ItemAccount {
  readonly id: string;
  readonly bankAccountId: string;
  /** What `/accounts/get` answers: the balances as of the last pull. */
  cached: Balances;
  cachedAt: number;
}

/** A transaction in an item's log: one row, at the place of its latest change. */
export interface LogEntry {
  readonly transactionId: string;
  readonly accountId: string;
  readonly pendingTransactionId: string | null;
  /** The place in the log at which it came. */
  readonly addedAt: number;
  /** The place of its latest change. */
  readonly changedAt: number;
  readonly removed: boolean;
  readonly transaction: BankTransaction;
}

/** What happened at the bank, to be taken over into an item's log. */
export interface BankChange {
  readonly kind: 'added' | 'modified' | 'removed';
  readonly transaction: BankTransaction;
}

export interface ItemError {
  readonly code: PlaidErrorCode;
  readonly reason: string | null;
}

export type UpdateStatus = 'NOT_READY' | 'INITIAL_UPDATE_COMPLETE' | 'HISTORICAL_UPDATE_COMPLETE';

export interface Item {
  readonly id: string;
  readonly accessToken: string;
  readonly loginId: string;
  readonly institutionId: string;
  readonly products: `${Products}`[];
  readonly createdAt: number;
  daysRequested: number;
  webhook: string | null;
  /** The ones the user chose, in the bank's order. */
  accounts: ItemAccount[];
  error: ItemError | null;
  consentExpiresAt: number | null;
  removed: boolean;
  status: UpdateStatus;
  /** Changes at the bank that no pull has brought yet. */
  readonly waiting: BankChange[];
  /** By transaction id. */
  readonly log: Map<string, LogEntry>;
  /** The last place in the log. */
  head: number;
  /** SYNC_UPDATES_AVAILABLE starts with the first `/transactions/sync`. */
  syncCalled: boolean;
  lastSuccessfulUpdate: number | null;
  lastFailedUpdate: number | null;
  lastWebhook: { readonly at: number; readonly code: string } | null;
  /** Refreshes asked for that have not landed. */
  refreshesWaiting: number;
}
