import type { Product } from '../config/product.ts';
import type { AccountStatus, Consent, PauseReason, Trigger } from '../workflows/messages.ts';

/*
 * What goes between workflows and activities. As in messages.ts: ids, names of products and errors,
 * counts and times only.
 */

export interface SyncInput {
  readonly accountId: string;
  /** Made by the workflow, so that every attempt is the same sync. UUIDv7. */
  readonly syncRunId: string;
  readonly triggers: readonly Trigger[];
  /** Read everything again, whatever the cursor says. */
  readonly full: boolean;
  /** False: make no call to the bank, only store what webhooks hold in full. */
  readonly mayCall: boolean;
  /** ISO 8601; when the workflow will next sync by itself. */
  readonly nextSyncAt: string | null;
}

export interface SyncResult {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** More webhooks wait than one sync takes: another should follow at once. */
  readonly more: boolean;
  /** The provider is still collecting the history: it is to be asked again. */
  readonly preparing?: boolean;
}

/** How a product's part of a sync of several products ended. */
export type SyncAnswer =
  | ({ readonly outcome: 'succeeded' } & SyncResult)
  | {
      readonly outcome: 'failed';
      readonly kind: string;
      readonly code: string;
      /** Worth another attempt, after `retryAfterMs` where it is given. */
      readonly retryable: boolean;
      /** Milliseconds that the provider asked us to wait. */
      readonly retryAfterMs: number | null;
    };

export interface SyncFailure {
  readonly accountId: string;
  readonly syncRunId: string;
  readonly product: Product;
  readonly triggers: readonly Trigger[];
  readonly errorKind: string;
  readonly errorCode: string;
  /** What was known of the consent when the sync began. */
  readonly consentVersion: number;
}

export interface AccountStateRecord {
  readonly accountId: string;
  readonly status: AccountStatus;
  readonly pauseReason: PauseReason | null;
  readonly settingsVersion: number;
  readonly consentVersion: number;
  readonly nextSyncAt: string | null;
}

/** How a consent was found to stand. */
export type ConsentFound = Consent | { readonly status: 'unlinked'; readonly version: number };

export interface ReconcileResult {
  /** How many of each kind were put right; kinds with none are left out. */
  readonly repaired: Readonly<Record<string, number>>;
  /** What could not be repaired; the next round tries again. */
  readonly failed: number;
}

/** Every activity that the workflows call. */
export interface Activities {
  syncBalance(input: SyncInput): Promise<SyncResult>;
  syncTransactions(input: SyncInput): Promise<SyncResult>;
  /**
   * Both at once, side by side: one activity is a third of the history of two. Each commits for itself,
   * and neither fails the other.
   */
  syncAccount(input: Readonly<Record<Product, SyncInput>>): Promise<Record<Product, SyncAnswer>>;
  /** Applies what stored webhooks say of the connection's consent; answers with how it stands. */
  readConsent(input: { accountId: string }): Promise<ConsentFound>;
  /**
   * Notes that the connection, which had ended at the bank, can be read again, unless something newer
   * than `consentVersion` is known of it. Answers with how the consent stands.
   */
  confirmConsent(input: { accountId: string; consentVersion: number }): Promise<ConsentFound>;
  /** `unlinked`: nothing was recorded, and the account's workflow has nothing left to do. */
  recordAccountState(record: AccountStateRecord): Promise<'recorded' | 'unlinked'>;
  /**
   * Notes that a sync was given up. Answers with how the consent stands where the failure tells of it, or
   * the account is unlinked; else with null.
   */
  recordSyncFailure(failure: SyncFailure): Promise<ConsentFound | null>;
  reconcile(): Promise<ReconcileResult>;
}
