import type { Product } from '../config/product.ts';

/** A value that survives JSON unchanged. Cursors and hints are opaque to all but their provider. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | { [key: string]: JsonValue };

/** An exact decimal number as text, such as `-1234.50`. Never a JavaScript number. */
export type Decimal = string;

/** A calendar date, `YYYY-MM-DD`. */
export type CalendarDate = string;

/** A moment, ISO 8601 in UTC. */
export type Timestamp = string;

/** What a provider can do. The rest of Freshet asks these, never a provider's name. */
export interface Capabilities {
  /**
   * What its webhooks carry per product: the whole resource, only ids or counts, or there are none.
   */
  readonly webhooks: Readonly<Record<Product, 'complete' | 'ids' | 'none'>>;
  /**
   * How incremental reads of transactions go: by a cursor the provider hands out, or by date
   * window.
   */
  readonly transactions: 'cursor' | 'window';
  /**
   * When the bank itself is asked right now, rather than the provider's last extraction read. What
   * costs money is `never`, unless the operator has opted in.
   */
  readonly refreshOnDemand: Readonly<Record<Product, RefreshOnDemand>>;
  /**
   * The smallest useful interval between refreshes, in milliseconds; null where there is no limit.
   */
  readonly smallestIntervalMs: number | null;
  /** Calls a day for each account; null where there is no limit. */
  readonly callsPerDay: number | null;
  /** The longest window that one read of transactions can cover, in days; null where unlimited. */
  readonly longestWindowDays: number | null;
  /** Whether a consent runs out and must be renewed by the customer. */
  readonly consentExpires: boolean;
  /**
   * Whether `listAccounts` succeeds just as long as the consent stands. Then it is asked when a consent that
   * had ended stands again; else the customer's new log-in has to be told.
   */
  readonly tellsConsent: boolean;
  /** Whether it has a page of its own on which the customer links, and logs in again: `startLink`. */
  readonly hostedLink: boolean;
  /** How many syncs at a time it bears from one worker, where it tells. */
  readonly syncsAtOnce?: number;
  /** How many syncs may begin in a second, over all workers, where it tells. */
  readonly syncsPerSecond?: number;
}

/**
 * `never`; `asked`: where a person or the operator's backend asks for a refresh; `always`: by the
 * schedule too. Never for a webhook: the provider has just asked the bank then.
 */
export type RefreshOnDemand = 'never' | 'asked' | 'always';

/** Passed to every call that goes over the network. */
export interface CallContext {
  /** Aborts the call; its promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Called between steps of a long call, so that its owner can tell that it is alive. */
  heartbeat(): void;
}

/** What a provider is given for a call. Its own parts that need no more can ask for a `CallContext`. */
export interface ProviderContext extends CallContext {
  /**
   * Takes one call from each of these budgets, which all workers share, or from none of them. Answers
   * with 0, else with how many milliseconds to wait until there will be room, if nobody else takes it: ask
   * again then. Rejects where that cannot be told now; the call is not to be made, and the error passed on.
   */
  take(budgets: readonly CallBudget[]): Promise<number>;
  /** Counts a call that the provider charges for: called once it has succeeded. Never rejects. */
  paid(call: PaidCall): Promise<void>;
}

/** How often a provider lets itself be called. */
export interface CallBudget {
  /** Whose it is, such as `sync client` or `sync item <id>`: no secret, at most 200 characters. */
  readonly key: string;
  readonly perMinute: number;
}

export interface PaidCall {
  /** Short and stable, such as `balance_get`. */
  readonly call: string;
}

/**
 * A connection as its provider needs it. `credentials` are secret: never logged, never in Temporal.
 */
export interface ConnectionRef {
  readonly providerConnectionId: string;
  readonly credentials: JsonValue;
}

export interface AccountRef extends ConnectionRef {
  readonly providerAccountId: string;
}

/** What `link` hands back. */
export interface LinkedConnection extends ConnectionRef {
  readonly institutionId: string | null;
  readonly institutionName: string | null;
  readonly consentExpiresAt: Timestamp | null;
}

/** What a customer is to be taken through: a first link, or a new log-in for a connection. */
export interface LinkStart {
  /** Names the session at the provider where it takes a reference. Unique, no secret. */
  readonly sessionId: string;
  /** The customer, as the operator knows it. */
  readonly customer: {
    readonly id: string;
    readonly name: string | null;
    readonly email: string | null;
  };
  /** Where the provider is to send its webhooks; null: as set up at the provider. */
  readonly webhookUrl: string | null;
  /** Where the customer goes afterwards; null: the provider's own last page. */
  readonly redirectUrl: string | null;
  /** What else the provider takes, as the operator gave it: `InvalidLink` where it is malformed. */
  readonly options: JsonValue;
  /** The connection that is to be logged in to again; null: a first link. */
  readonly connection: ConnectionRef | null;
}

export interface LinkStarted {
  /** The provider's page: to be opened by the customer. */
  readonly url: string;
  /** What the provider's webhooks name the session by. A secret, where the provider says so. */
  readonly providerSessionId: string;
  readonly expiresAt: Timestamp;
}

/** How a link session has gone so far, where the provider can be asked. */
export interface LinkProgress {
  /** `open`: not ended; `finished`; `exited`: the customer left without linking. */
  readonly state: 'open' | 'finished' | 'exited';
  /**
   * What `link` takes, one for each connection that was made; the same JSON wherever it is told. Of a new
   * log-in nothing is taken.
   */
  readonly links: readonly JsonValue[];
}

/** Which accounts a connection has. */
export interface ConnectionAccounts {
  readonly accounts: readonly ProviderAccount[];
  /** When the consent runs out; null: never; undefined: the provider does not tell here. */
  readonly consentExpiresAt?: Timestamp | null;
}

export interface ProviderAccount {
  readonly providerAccountId: string;
  readonly name: string | null;
  /** The bank's account number in full, where the provider gives it. */
  readonly number: string | null;
  /** The provider's word for the kind of account, such as `Savings`. */
  readonly type: string | null;
  readonly currency: string;
}

export interface ProviderBalance {
  readonly providerAccountId: string;
  /** What can be spent now. */
  readonly available: Decimal | null;
  /** What the bank's ledger holds, pending items not counted. */
  readonly current: Decimal | null;
  /** A credit or overdraft limit. */
  readonly limit: Decimal | null;
  /** ISO 4217. */
  readonly currency: string;
  /** When the bank says that this was true. */
  readonly dataAsOf: Timestamp;
  /** The provider's own JSON, byte for byte as received. */
  readonly raw: string;
}

export interface ProviderTransaction {
  readonly providerTransactionId: string;
  readonly status: 'pending' | 'posted';
  /** Positive is money into the account, whatever the provider's own sign. */
  readonly amount: Decimal;
  readonly currency: string;
  readonly description: string | null;
  readonly counterparty: string | null;
  readonly category: string | null;
  /** When it happened. */
  readonly transactedAt: Timestamp;
  /** When it entered the bank's books; null while pending. */
  readonly bookedAt: Timestamp | null;
  /** When it counts for interest, where the provider tells. */
  readonly valueDate: CalendarDate | null;
  /** The account's balance after it, where the provider tells. */
  readonly runningBalance: Decimal | null;
  /** The pending transaction that this one replaces, where the provider links them. */
  readonly pendingProviderTransactionId: string | null;
  /**
   * When the provider last changed it: an older version never overwrites a newer one. Null where it
   * does not tell: what was read later is newer.
   */
  readonly providerUpdatedAt: Timestamp | null;
  readonly raw: string;
}

/** What to read. `incremental` goes on from `cursor`; `hint` reads what a webhook pointed to. */
export type TransactionsQuery =
  | { readonly scope: 'full' }
  | { readonly scope: 'incremental'; readonly cursor: JsonValue }
  | { readonly scope: 'hint'; readonly hint: JsonValue };

/** Something that the bank sent and that cannot be taken. The rest of what it came with can. */
export interface RejectedItem {
  /** Null where it has none, or none that can be read. */
  readonly providerId: string | null;
  /** Short, stable and snake_case, such as `invalid_transaction_trans_date`. */
  readonly reason: string;
  readonly raw: string;
}

/** Of what pages say of one id the last word counts; within a page, `removed`. */
export interface TransactionsPage {
  readonly upserts: readonly ProviderTransaction[];
  readonly rejected: readonly RejectedItem[];
  /** Provider ids of transactions that are gone. */
  readonly removed: readonly string[];
}

/** What a finished read returned, all of its pages together. */
export interface TransactionsEnd {
  /** Where the next incremental read starts; null where this read does not move the cursor. */
  readonly cursor: JsonValue | null;
  /**
   * The dates (of `transactedAt`, both ends included) for which the pages held every transaction,
   * so that one which we hold and they did not was removed. A null end is unbounded. Null: the
   * pages prove no absence.
   */
  readonly complete: {
    readonly from: CalendarDate | null;
    readonly to: CalendarDate | null;
  } | null;
  readonly dataAsOf: Timestamp;
  /**
   * The provider is still collecting the account's history: what was read holds, and does not count as
   * the full scan. It is asked again, and at once when a webhook tells.
   */
  readonly preparing?: boolean;
}

/** What a provider webhook means, before anything is looked up. */
export interface TranslatedWebhook {
  /** The provider's name for it, such as `BALANCE_SUCCESS`. */
  readonly type: string;
  /**
   * The provider's event id, or one derived from the content: equal for a re-delivery, else not.
   */
  readonly dedupeKey: string;
  /** The provider's own time for it. */
  readonly occurredAt: Timestamp | null;
  /** Whom it concerns, by the provider's ids. Both null: nobody can be told from it. */
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
  /** False: its kind, or what it holds, is not one that the provider is known to send. */
  readonly understood: boolean;
  readonly effects: readonly WebhookEffect[];
}

export type WebhookEffect =
  /** Carries the complete balance: stored without a call to the bank. */
  | { readonly kind: 'balance'; readonly balance: ProviderBalance }
  /** Transactions that are gone. */
  | { readonly kind: 'transactions_removed'; readonly providerTransactionIds: readonly string[] }
  /** Something changed: read it. A null hint asks for an ordinary incremental read. */
  | { readonly kind: 'changed'; readonly product: Product; readonly hint: JsonValue | null }
  /** It names the product, and what of it cannot be made out: read everything of it. */
  | { readonly kind: 'unclear'; readonly product: Product }
  | { readonly kind: 'reauth_required' }
  | { readonly kind: 'reauthorized' }
  | { readonly kind: 'revoked' }
  /** The consent runs out then. */
  | { readonly kind: 'consent_expires'; readonly at: Timestamp }
  /**
   * Something about the connection changed: how its consent stands, or which accounts it has. The
   * provider is asked (`listAccounts`), so that the order of such webhooks does not matter.
   */
  | { readonly kind: 'connection_changed' }
  /** A link session went on: `session` is its `providerSessionId`. */
  | ({ readonly kind: 'link'; readonly session: string } & LinkProgress);

export interface WebhookRequest {
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body exactly as it arrived. */
  readonly body: Uint8Array;
}

/**
 * A source of bank data. One folder each, listed in `known-providers.ts`. Every method that calls the
 * provider rejects with a `ProviderError` and nothing else (but the abort reason when
 * `context.signal` aborts, and what `context.take` rejects with).
 */
export interface Provider {
  readonly name: string;
  readonly capabilities: Capabilities;

  /**
   * Turns what the caller got out of the provider's link flow into a connection. Rejects with
   * `InvalidLink` when malformed.
   */
  link(input: JsonValue, context: ProviderContext): Promise<LinkedConnection>;

  /** Opens the provider's own page for a customer. Rejects with `InvalidLink` when `options` are malformed. */
  startLink?(start: LinkStart, context: ProviderContext): Promise<LinkStarted>;

  /** Asks how a link session has gone, in case its webhook was lost. */
  readLink?(providerSessionId: string, context: ProviderContext): Promise<LinkProgress>;

  /** Rejects with the kind `reauth` or `gone` where the consent does not stand. */
  listAccounts(connection: ConnectionRef, context: ProviderContext): Promise<ConnectionAccounts>;

  /** `refresh` asks the bank itself, where the provider can; else its last extraction is read. */
  fetchBalance(
    account: AccountRef,
    options: { readonly refresh: boolean },
    context: ProviderContext,
  ): Promise<ProviderBalance>;

  /** Yields pages, then returns how they end. Nothing of it is true until it has ended. */
  fetchTransactions(
    account: AccountRef,
    query: TransactionsQuery,
    options: { readonly refresh: boolean },
    context: ProviderContext,
  ): AsyncGenerator<TransactionsPage, TransactionsEnd, void>;

  /** Ends the consent at the provider. Succeeds where it has ended already. */
  unlink(connection: ConnectionRef, context: ProviderContext): Promise<void>;

  /**
   * Whether the headers alone show that `verifyWebhook` will refuse, where the proof is in them: then a large
   * body need not be read.
   */
  isRefusedByHeaders?(headers: WebhookRequest['headers']): boolean;

  /**
   * Whether the request proves that the provider sent it, over the raw bytes, in constant time. Rejects
   * with a `ProviderError` where that cannot be told now: the sender is asked to come again.
   */
  verifyWebhook(request: WebhookRequest): Promise<boolean>;

  /** Reads a verified body. Throws `WebhookUnreadable` when it is not the provider's JSON. */
  translateWebhook(body: Uint8Array): TranslatedWebhook;

  /** Whether credentials and settings work, without touching an account: `npm run provider:check`. */
  check?(context: ProviderContext): Promise<readonly ProviderCheck[]>;
}

/** One thing that was tried, in plain words. */
export interface ProviderCheck {
  readonly ok: boolean;
  readonly text: string;
}
