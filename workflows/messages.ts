import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Pace } from '../config/pace.ts';
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
  /** The interval that the operator asked for, by name; null: no refresh by itself. */
  readonly interval: string | null;
  /** The one that is kept, by name: longer where the provider allows no more. */
  readonly effectiveInterval: string | null;
  /** The effective interval in milliseconds. */
  readonly intervalMs: number | null;
  readonly products: readonly Product[];
}

export interface AccountSyncInput {
  readonly accountId: string;
  readonly provider: string;
  readonly settings: AccountSettings;
  /** Another pace than the code's, for tests. */
  readonly pace?: Pace;
  /** How Postgres knows the account, for a workflow that takes the place of one that is gone. */
  readonly known: KnownState;
  /** What an earlier run handed on; absent at the first start. */
  readonly carried?: CarriedState;
}

export interface KnownState {
  /** The products that have been scanned in full. */
  readonly scanned: readonly Product[];
  readonly consent: Consent;
  readonly providerError: boolean;
}

/** How the customer's consent to read the connection's accounts stands, as Postgres knows it. */
export interface Consent {
  readonly status: 'active' | 'reauth_required' | 'gone';
  /** Grows with everything that is learnt of it. */
  readonly version: number;
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
  /** Whether it has been scanned in full. */
  readonly synced: boolean;
  /** How many syncs in a row found the provider still collecting the history. */
  readonly preparing: number;
  readonly lastErrorKind: string | null;
  readonly lastErrorCode: string | null;
  /** Milliseconds since the epoch. */
  readonly lastSuccessAt: number | null;
}

export interface CarriedState {
  readonly products: Readonly<Record<Product, ProductState>>;
  /** How the connection's consent stands is to be read. */
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
  /** One that has ended (`gone`) is shown as `provider_error`. */
  readonly consent: Consent;
  /** The provider has failed too often in a row. Shown as `provider_error`. */
  readonly failing: boolean;
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

/** What a webhook is about. */
export type Subject = Product | 'connection';

/**
 * Stored webhooks wait to be applied, to these products or to the consent (`connection`). Only wakes: what they
 * are, the activities read from Postgres.
 */
export const webhookStored = defineSignal<[{ products: readonly Subject[] }]>('webhookStored');

/** The settings changed in Postgres. Sent when the update `applySettings` cannot be. */
export const settingsChanged = defineSignal<[AccountSettings]>('settingsChanged');

/** Something was written of the connection's consent: read how it stands. */
export const connectionChanged = defineSignal('connectionChanged');

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

/** Why `refresh` is refused where too many wait for one already: `refreshRequested` is not. */
export const FULL = 'full';

/** Asks for a sync now and answers when it is done. Refused while nothing is tried. */
export const refresh = defineUpdate<
  SyncOutcome[],
  [{ products: readonly Product[]; full: boolean }]
>('refresh');

export const state = defineQuery<AccountState>('state');
