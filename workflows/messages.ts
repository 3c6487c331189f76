import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Product } from '../config/product.ts';

/*
 * The contract between the account workflow and all who talk to it. Ids, product names, counts and
 * times only: whatever is here is stored in Temporal and shown in its UI.
 */

/** The workflow type, as Temporal's UI shows it. */
export const ACCOUNT_SYNC = 'accountSync';

export const accountSyncId = (accountId: string): string => `account-sync:${accountId}`;

export type Trigger = 'link' | 'schedule' | 'webhook' | 'manual' | 'reconcile';
export type PauseReason = 'user' | 'reauth_required' | 'provider_error';
export type AccountStatus = 'scanning' | 'active' | 'failing' | 'paused';

/** What the operator wants of an account, as far as the workflow needs it. */
export interface AccountSettings {
  /** A later version replaces an earlier one, in whatever order they arrive. */
  readonly version: number;
  readonly paused: boolean;
  /** The interval's name, for people; null: no refresh by itself. */
  readonly interval: string | null;
  /** The interval in milliseconds. */
  readonly intervalMs: number | null;
  readonly products: readonly Product[];
}

export interface AccountSyncInput {
  readonly accountId: string;
  readonly provider: string;
  readonly settings: AccountSettings;
  /** What an earlier run handed on; absent at the first start. */
  readonly carried?: CarriedState;
}

/** How a product stands. Kept through continue-as-new. */
export interface ProductState {
  /** What asks for a sync that has not started yet. */
  readonly due: readonly Trigger[];
  /** Whether that sync must read everything again. */
  readonly full: boolean;
  /** Webhooks came that no sync has looked at: what they hold in full can be stored even while the bank is not to be called. */
  readonly unread: boolean;
  /** How many times in a row it failed. */
  readonly failures: number;
  /** Milliseconds since the epoch: not to be tried before then. */
  readonly notBefore: number | null;
  /** The bank asked for that wait: no trigger ends it. */
  readonly mustWait: boolean;
  readonly synced: boolean;
  readonly lastErrorKind: string | null;
  readonly lastErrorCode: string | null;
  /** Milliseconds since the epoch. */
  readonly lastSuccessAt: number | null;
}

export interface CarriedState {
  readonly products: Readonly<Record<Product, ProductState>>;
  /** The connection's webhooks are waiting to be applied. */
  readonly connectionDue: boolean;
  readonly pauses: Pauses;
  /** Milliseconds since the epoch; null without an interval. */
  readonly nextSlotAt: number | null;
  /** What Postgres has been told, so that nothing is told twice. */
  readonly recorded: string | null;
}

/**
 * Why the workflow holds still, beside the operator's own wish. Each is cleared only by its own
 * cause.
 */
export interface Pauses {
  readonly reauthRequired: boolean;
  readonly providerError: boolean;
}

export interface SyncOutcome {
  readonly product: Product;
  /** `running`: asked for, and not finished when the answer had to be given. */
  readonly outcome: 'succeeded' | 'failed' | 'paused' | 'running';
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly errorCode: string | null;
}

/** Answer to the `state` query. */
export interface AccountState {
  readonly status: AccountStatus;
  readonly pauseReason: PauseReason | null;
  readonly settings: AccountSettings;
  readonly products: Readonly<Record<Product, ProductState>>;
  readonly syncing: readonly Product[];
  /** ISO 8601; null when nothing is planned. */
  readonly nextSyncAt: string | null;
}

/**
 * A stored webhook waits to be applied. Only wakes: what it is, the activity reads from Postgres.
 */
export const webhookStored = defineSignal<[{ product: Product | 'connection' }]>('webhookStored');

/** The settings changed in Postgres. Sent when the update `applySettings` cannot be. */
export const settingsChanged = defineSignal<[AccountSettings]>('settingsChanged');

/**
 * The customer has logged in again (`reauth_required` ends), or the operator says to try again
 * (`provider_error` ends).
 */
export const clearPause =
  defineSignal<[{ reason: 'reauth_required' | 'provider_error' }]>('clearPause');

/** Asks for a sync now, without waiting for it. */
export const refreshRequested =
  defineSignal<[{ products: readonly Product[]; full: boolean; trigger: Trigger }]>(
    'refreshRequested',
  );

/** The account is unlinked: finish. */
export const unlinked = defineSignal('unlinked');

/** How an account stands once its workflow follows a version of the settings. */
export interface SettingsApplied {
  readonly version: number;
  readonly status: AccountStatus;
  readonly pauseReason: PauseReason | null;
  /** ISO 8601; null when nothing is planned. */
  readonly nextSyncAt: string | null;
}

/** As `settingsChanged`, and answers with how the account now stands. */
export const applySettings = defineUpdate<SettingsApplied, [AccountSettings]>('applySettings');

/** Asks for a sync now and answers when it is done. Refused while paused. */
export const refresh = defineUpdate<
  SyncOutcome[],
  [{ products: readonly Product[]; full: boolean }]
>('refresh');

export const state = defineQuery<AccountState>('state');
