import type { AccountSubtype, AccountType, TransactionCode } from 'plaid';

/** An amount as a decimal string, `12.50`; never a float. */
export type Decimal = string;

export interface Currency {
  /** One of the two, the other null. */
  readonly iso: string | null;
  readonly unofficial: string | null;
}

export interface Balances {
  readonly available: Decimal | null;
  readonly current: Decimal | null;
  readonly limit: Decimal | null;
}

/** Plaid's sign: a positive amount is money out, a negative one money in. */
export interface BankTransaction {
  readonly id: string;
  readonly bankAccountId: string;
  readonly amount: Decimal;
  readonly currency: Currency;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly authorizedDate: string | null;
  readonly datetime: string | null;
  readonly name: string;
  readonly merchantName: string | null;
  readonly originalDescription: string | null;
  readonly paymentChannel: 'online' | 'in store' | 'other';
  readonly category: { readonly primary: string; readonly detailed: string } | null;
  readonly code: `${TransactionCode}` | null;
  readonly checkNumber: string | null;
  readonly pending: boolean;
  /** The bank's id of the pending transaction that this one posts. */
  readonly posts: string | null;
}

export interface BankAccount {
  readonly id: string;
  readonly loginId: string;
  name: string;
  officialName: string | null;
  mask: string | null;
  readonly type: `${AccountType}`;
  readonly subtype: `${AccountSubtype}` | null;
  readonly currency: Currency;
  balances: Balances;
  open: boolean;
  readonly transactions: Map<string, BankTransaction>;
}

export interface Login {
  readonly id: string;
  readonly institutionId: string;
  readonly accounts: BankAccount[];
}

export interface BankInstitution {
  readonly id: string;
  readonly name: string;
  readonly oauth: boolean;
  readonly countries: readonly string[];
}
