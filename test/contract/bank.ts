import type { JsonValue } from '../../providers/provider.ts';
import type { RelayedWebhook } from './relay.ts';

/** What not every provider can do by its nature. */
export type Ability =
  /** Several accounts below one consent. */
  | 'several accounts'
  /** Transactions that are not booked yet. */
  | 'pending'
  /** Two webhooks of equal text are one that came twice. */
  | 'names its webhooks'
  /** A webhook's proof covers its body. */
  | 'proof of the body'
  /** A webhook's proof runs out. */
  | 'expiring proof'
  /** Says when to come again after too many calls. */
  | 'retry after'
  /** A read shows that the customer has to log in again. */
  | 'reauth by reading'
  /** A read shows that the customer has logged in again. */
  | 'recovery by reading'
  /** Its lists come in pages. */
  | 'pages'
  /** Says that the pages read so far are void. */
  | 'restart'
  /** Tells an account's balance after each transaction. */
  | 'running balance';

/** A provider's bank, as the suite starts it. */
export interface BankKind {
  readonly name: string;
  /** What it cannot do, and why: its cases are shown as skipped, with this reason. */
  readonly cannot: Readonly<Partial<Record<Ability, string>>>;
  start(options?: BankOptions): Promise<Bank>;
}

export interface BankOptions {
  /** How far its clock is ahead; behind, where negative. */
  readonly skewMs?: number;
}

/** A bank's customer who has consented. */
export interface Customer {
  /** What `POST /v1/connections` takes as `link`. Good for one link. */
  readonly link: JsonValue;
  /** A text that every webhook about the customer holds. */
  readonly mark: string;
  /** The provider's ids of the accounts, in their order. */
  readonly accounts: readonly [string, ...string[]];
}

export interface Wanted {
  /** 1 when not given. */
  readonly accounts?: number;
  /** How many posted transactions each account has; none when not given. */
  readonly transactions?: number;
  /** What the account has, ledger and available, before these; with so many digits as can be exact. */
  readonly balance?: string;
}

export interface Booking {
  /** Signed, positive is money in. */
  readonly amount: string;
  readonly pending?: boolean;
  readonly description?: string;
  /** Today when not given. */
  readonly daysAgo?: number;
}

/** What the tables are to hold, in Freshet's words. Decimals without the zeros that say nothing. */
export interface Truth {
  readonly balance: { readonly current: string | null; readonly available: string | null };
  readonly transactions: readonly TrueTransaction[];
}

export interface TrueTransaction {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: 'pending' | 'posted';
  readonly description: string | null;
  readonly runningBalance: string | null;
}

export type Change = 'unknown fields' | 'unknown values' | 'no optional fields';

/** Ends what was begun. */
export type End = () => Promise<void> | void;

export interface Call {
  /** Milliseconds since 1970, by the machine's clock. */
  readonly at: number;
  /** The provider's name for it. */
  readonly endpoint: string;
}

/** A page of a list of transactions that is about to be answered. */
export interface PageToCome {
  readonly account: string;
  /** From 1. */
  readonly page: number;
}

/**
 * A bank behind its provider, at the provider's wire. Whatever happens at the bank is quiet: the provider
 * takes it up, and tells of it, with `announce`.
 */
export interface Bank {
  readonly name: string;
  /** What Freshet's environment has to say of it. */
  readonly env: Readonly<Record<string, string>>;
  /** The header that proves a webhook, in lower case. */
  readonly proofHeader: string;

  /** Before anything else. */
  sendWebhooksTo(url: string): Promise<void>;
  open(wanted?: Wanted): Promise<Customer>;

  /** Answers with the provider's id of it. */
  book(account: string, booking: Booking): Promise<string>;
  /** A pending transaction is booked, under another id where the provider does so. */
  post(account: string, transaction: string): Promise<string>;
  alter(account: string, transaction: string, amount: string): Promise<void>;
  remove(account: string, transaction: string): Promise<void>;
  /** What the account has, whatever was booked. */
  setBalance(account: string, balance: string): Promise<void>;
  truth(account: string): Promise<Truth>;

  /** The provider takes up what has happened, and says so by webhook; `quiet`: says nothing. */
  announce(customer: Customer, how?: 'quiet'): Promise<void>;

  endLogin(customer: Customer, how?: 'quiet'): Promise<void>;
  logIn(customer: Customer, how?: 'quiet'): Promise<void>;
  revoke(customer: Customer, how?: 'quiet'): Promise<void>;
  isUnlinked(customer: Customer): Promise<boolean>;

  /** Calls about the customer, the oldest first. */
  calls(customer: Customer): Promise<readonly Call[]>;
  /** Every call about the customer is one too many; `retryAfterSeconds` null: it does not say until when. */
  limit(customer: Customer, retryAfterSeconds: number | null): Promise<End>;
  /** Every call about the customer fails on the provider's side. */
  outage(customer: Customer): Promise<End>;
  /** Every page of transactions takes this long. */
  slowPages(customer: Customer, milliseconds: number): Promise<End>;
  /** The rows of a page at most; null: what the provider gives. */
  pagesOf(rows: number | null): Promise<void>;
  beforePage(hook: ((page: PageToCome) => Promise<void> | void) | null): void;

  /** Answers as a later version of the provider might give them. */
  fromTomorrow(change: Change): Promise<End>;
  /** The same for a webhook, with its proof. */
  webhookFromTomorrow(webhook: RelayedWebhook, change: Change): Promise<RelayedWebhook>;
  /** Requests whose proof was good once, or is of a time that has passed. */
  expired(webhook: RelayedWebhook): Promise<readonly RelayedWebhook[]>;
  close(): Promise<void>;
}

/** A decimal without the zeros that say nothing, so that `10.50` and `10.5` are one number. */
export function plain(decimal: string): string;
export function plain(decimal: string | null): string | null;
export function plain(decimal: string | null): string | null {
  if (decimal === null || !decimal.includes('.')) return decimal;
  return decimal.replace(/\.?0+$/, '');
}
