import type { Money } from '../money.ts';

export interface Bank {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

/** `required`: the customer must log in again. `revoked`: the consent is gone. */
export type LoginState = 'ok' | 'required' | 'revoked';

/** One customer's login at one bank: what Okra calls a record, and Freshet a connection. */
export interface Login {
  readonly bankId: string;
  readonly state: LoginState;
  /** The record that was made when it was linked. */
  readonly firstRecord: string;
}

export interface WebhookTarget {
  readonly url: string;
  readonly token: string | null;
}

export interface Customer {
  readonly id: string;
  /**
   * Counts from 1 in the order of creation; part of the seed of everything that the customer has.
   */
  readonly number: number;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly bvn: string;
  readonly logins: readonly Login[];
  /** Overrides the bank's own webhook target. */
  readonly target: WebhookTarget | null;
  readonly createdAt: number;
}

/** One immutable version of a transaction. A change makes a new version. */
export interface Transaction {
  readonly id: string;
  /** Positive is money into the account. */
  readonly amount: Money;
  readonly transactedAt: number;
  /** Null while pending. */
  readonly clearedAt: number | null;
  readonly ref: string;
  readonly code: string;
  readonly branch: string;
  /** The balance after it: of the ledger when booked, of what is available while pending. */
  readonly balance: Money;
  readonly description: string;
  readonly counterparty: string | null;
  /** The pending transaction that this one replaced under a new id. */
  readonly pendingId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What the institution says of an account's money. */
export interface Funds {
  readonly ledger: Money;
  /** Sum of the pending debits, as a positive amount. */
  readonly held: Money;
  /** An arranged difference between ledger and available, such as an overdraft or a lien. */
  readonly offset: Money;
  /** When any of it last changed. */
  readonly changedAt: number;
}

export interface AccountDetails {
  readonly id: string;
  readonly customerId: string;
  readonly bankId: string;
  readonly balanceId: string;
  readonly nuban: string;
  readonly name: string;
  readonly type: 'Savings' | 'Current';
  readonly currency: string;
  readonly createdAt: number;
}
