export type Currency = 'NGN' | 'GHS' | 'KES' | 'ZAR';

/** What Mono says of the data that it holds of an account. */
export type DataStatus = 'AVAILABLE' | 'PARTIAL' | 'UNAVAILABLE' | 'FAILED' | 'PROCESSING';

/** What an extraction can bring, besides the identity. */
export type Part = 'balance' | 'transactions';

export interface Institution {
  readonly id: string;
  readonly name: string;
  readonly bankCode: string;
  readonly country: 'ng' | 'gh' | 'ke' | 'za';
  readonly type: 'PERSONAL_BANKING' | 'BUSINESS_BANKING';
}

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface Transaction {
  readonly id: string;
  readonly narration: string;
  /** In minor units, never negative: `type` has the sign. */
  readonly amount: number;
  readonly type: 'debit' | 'credit';
  /** The account's balance after it, in minor units. */
  readonly balance: number | null;
  /** ISO 8601 in UTC. */
  readonly date: string;
  readonly category: string | null;
}

/** A real-time job: one retrieval from the bank. */
export interface Job {
  readonly id: string;
  readonly accountId: string;
  readonly product: Part;
  status: 'processing' | 'finished' | 'failed';
  /** Only a finished job can have found something new. */
  hasNewData: boolean;
  /** Whether the retrieval failed because the user must log in again. */
  reauthRequired: boolean;
}

/** What Mono last retrieved; null where it never did. */
export interface Extraction {
  readonly balance: number | null;
  readonly transactions: readonly Transaction[] | null;
}

/** An account at its bank, and what Mono holds of it. */
export interface Account {
  readonly id: string;
  readonly institution: Institution;
  readonly name: string;
  readonly number: string;
  readonly type: string;
  readonly currency: Currency;
  readonly bvn: string | null;
  readonly authMethod: string;
  readonly createdAt: number;
  updatedAt: number;
  customerId: string;
  /** The bank's truth. */
  balance: number;
  readonly transactions: Map<string, Transaction>;
  shown: Extraction;
  dataStatus: DataStatus;
  linked: boolean;
  ref: string | null;
  reauthRequired: boolean;
  session: { readonly at: number; readonly job: Job } | null;
}

/** What `/v2/accounts/initiate` made: a page for the user to open. */
export interface Link {
  readonly url: string;
  readonly scope: 'auth' | 'reauth';
  readonly ref: string | null;
  readonly customerId: string;
  readonly accountId: string | null;
  readonly redirectUrl: string | null;
}

export interface Code {
  readonly accountId: string;
  readonly expiresAt: number;
  used: boolean;
}
