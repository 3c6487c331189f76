import { isOfOneAccount } from '../config/account-code.ts';
import { PACE, type Pace } from '../config/pace.ts';
import { PRODUCTS, type Product } from '../config/product.ts';
import type { ConsentFound } from '../activities/contract.ts';
import type { Failure } from './failure.ts';
import type {
  AccountSettings,
  AccountStatus,
  AccountSyncInput,
  CarriedState,
  Pauses,
  PauseReason,
  ProductState,
  Trigger,
} from './messages.ts';
import { backoff, nextSlot } from './schedule.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * All that an account workflow knows. Plain data and plain changes to it: no timers and no
 * activities here.
 */
export interface AccountSyncState {
  readonly accountId: string;
  readonly provider: string;
  readonly pace: Pace;
  settings: AccountSettings;
  readonly products: Record<Product, Mutable<ProductState>>;
  readonly pauses: Mutable<Pauses>;
  connectionDue: boolean;
  /** The next slot of the schedule, milliseconds since the epoch; null without one. */
  nextSlotAt: number | null;
  unlinked: boolean;
  recorded: string | null;
}

const NOTHING_WRONG = {
  unread: false,
  failures: 0,
  notBefore: null,
  mustWait: false,
  preparing: 0,
  lastErrorKind: null,
  lastErrorCode: null,
  lastSuccessAt: null,
} as const;

/**
 * A product at the first start. One that was scanned before, by a workflow that is gone, is refreshed
 * once: what had been asked of that workflow may be lost.
 */
const firstProduct = (scanned: boolean): ProductState => ({
  ...NOTHING_WRONG,
  due: [scanned ? 'reconcile' : 'link'],
  full: !scanned,
  synced: scanned,
});

/**
 * The state at the start of a run: what the last one carried over, or how Postgres knows the account.
 */
export function openState(input: AccountSyncInput, now: number): AccountSyncState {
  const { carried, known } = input;
  const product = (name: Product): ProductState =>
    carried?.products[name] ?? firstProduct(known.scanned.includes(name));
  const pauses = carried?.pauses ?? {
    consent: known.consent,
    failing: known.providerError,
  };
  const opened: AccountSyncState = {
    accountId: input.accountId,
    provider: input.provider,
    pace: input.pace ?? PACE,
    settings: input.settings,
    products: {
      balance: { ...product('balance') },
      transaction: { ...product('transaction') },
    },
    pauses: { ...pauses },
    connectionDue: carried?.connectionDue ?? false,
    nextSlotAt: carried?.nextSlotAt ?? null,
    unlinked: false,
    recorded: carried?.recorded ?? null,
  };
  // A slot that was missed between two runs stays in the past, and is taken at once.
  if (opened.nextSlotAt === null) planNextSlot(opened, now);
  return opened;
}

/** What the next run needs. */
export function carryOver(state: AccountSyncState): CarriedState {
  const { products, pauses, connectionDue, nextSlotAt, recorded } = state;
  return { products, pauses, connectionDue, nextSlotAt, recorded };
}

export function planNextSlot(state: AccountSyncState, now: number): void {
  const { intervalMs } = state.settings;
  state.nextSlotAt = intervalMs === null ? null : nextSlot(state.accountId, intervalMs, now);
}

/**
 * Takes the settings unless they are older than those that it has. The operator has acted, so what the
 * provider has refused is tried at once.
 */
export function takeSettings(
  state: AccountSyncState,
  settings: AccountSettings,
  now: number,
): void {
  if (settings.version < state.settings.version) return;
  // Told again: then Postgres does not know that they are followed.
  state.recorded = null;
  if (settings.version === state.settings.version) return;
  passDeadline(state, now);
  const before = state.settings;
  state.settings = settings;
  if (before.intervalMs !== settings.intervalMs) planNextSlot(state, now);
  const isStarted = before.paused && !settings.paused;
  const isFailing = settings.products.some((name) => state.products[name].failures > 0);
  if (isStarted || isFailing || pauseReason(state) === 'provider_error') {
    askFor(state, settings.products, 'manual');
  }
  const taken = settings.products.filter((product) => !before.products.includes(product));
  askFor(state, taken, 'link', true);
}

/** Marks products as due. Triggers that arrive before the sync starts become that one sync. */
export function askFor(
  state: AccountSyncState,
  products: readonly Product[],
  trigger: Trigger,
  full = false,
): void {
  for (const name of products) {
    const product = state.products[name];
    const isNew = !product.due.includes(trigger) || trigger === 'manual';
    if (isNew) product.due = [...new Set([...product.due, trigger])];
    product.full ||= full;
    if (trigger === 'webhook') product.unread = true;
    // A wait of our own ends with a new reason to try, which the schedule is not. One that the bank
    // asked for is kept by all.
    if (isNew && trigger !== 'schedule' && !product.mustWait) product.notBefore = null;
  }
}

export function pauseReason(state: AccountSyncState): PauseReason | null {
  const { consent, failing } = state.pauses;
  const kept = state.settings.products.map((name) => state.products[name]);
  const isRefused = consent.status === 'gone' || failing || kept.some(isUnknown);
  return stillBecause(state) ?? (isRefused ? 'provider_error' : null);
}

/** Why nothing at all is tried. With a `provider_error` something is: now and then, and when asked for. */
export function stillBecause(state: AccountSyncState): 'user' | 'reauth_required' | null {
  if (state.settings.paused) return 'user';
  return state.pauses.consent.status === 'reauth_required' ? 'reauth_required' : null;
}

export function statusOf(state: AccountSyncState): AccountStatus {
  if (pauseReason(state)) return 'paused';
  const products = state.settings.products.map((name) => state.products[name]);
  if (products.some((product) => product.failures > 0)) return 'failing';
  return products.every((product) => product.synced) ? 'active' : 'scanning';
}

export function canStart(state: AccountSyncState, name: Product): boolean {
  const product = state.products[name];
  return (
    (product.notBefore === null ? product.due.length > 0 : product.unread) &&
    state.settings.products.includes(name) &&
    stillBecause(state) === null
  );
}

export interface Work {
  readonly triggers: readonly Trigger[];
  readonly full: boolean;
  /** False while the bank is not to be called: only what webhooks hold in full is stored. */
  readonly mayCall: boolean;
}

/** Takes what is due: triggers that arrive from now on ask for one more sync. */
export function takeWork(state: AccountSyncState, name: Product): Work {
  const product = state.products[name];
  product.unread = false;
  if (product.notBefore !== null) return { triggers: ['webhook'], full: false, mayCall: false };
  const work = { triggers: product.due, full: product.full, mayCall: true };
  product.due = [];
  product.full = false;
  return work;
}

export function succeed(state: AccountSyncState, name: Product, now: number): void {
  Object.assign(state.products[name], {
    failures: 0,
    notBefore: null,
    mustWait: false,
    synced: true,
    preparing: 0,
    lastErrorKind: null,
    lastErrorCode: null,
    lastSuccessAt: now,
  } satisfies Partial<ProductState>);
}

/**
 * It succeeded, and the provider is still collecting the history: the scan is not over. It is asked again
 * later, or as soon as a webhook tells.
 */
export function prepare(state: AccountSyncState, name: Product, now: number): void {
  const product = state.products[name];
  const { synced } = product;
  const preparing = product.preparing + 1;
  const askedAgain = isAskedFor(product);
  succeed(state, name, now);
  Object.assign(product, { synced, preparing });
  product.due = [...new Set<Trigger>([...product.due, 'link'])];
  if (!askedAgain) product.notBefore = now + backoff(state.accountId, preparing, state.pace);
}

/**
 * Puts the work back, to be tried later or when the pause that the failure asks for ends; at once where
 * it was asked for again meanwhile, unless the bank asked for a wait. What the failure tells of the
 * consent is for `takeConsent`.
 */
export function fail(
  state: AccountSyncState,
  name: Product,
  work: Work,
  failure: Failure,
  now: number,
): void {
  const product = state.products[name];
  const askedAgain = isAskedFor(product);
  // What the webhooks among them hold in full need not wait for the bank.
  product.unread ||= work.triggers.includes('webhook');
  product.due = [...new Set([...work.triggers, ...product.due])];
  product.full ||= work.full;
  product.failures += 1;
  product.lastErrorKind = failure.kind;
  product.lastErrorCode = failure.code;
  product.notBefore = null;
  product.mustWait = failure.retryAfterMs !== null;
  if (failure.kind === 'reauth') return;
  if (failure.kind === 'gone') {
    if (!askedAgain) product.notBefore = now + state.pace.goneRetryMs;
  } else {
    const { accountId, pace } = state;
    if (failure.retryAfterMs !== null) product.notBefore = now + failure.retryAfterMs;
    else if (!askedAgain) product.notBefore = now + backoff(accountId, product.failures, pace);
    const kept = state.settings.products.map((one) => state.products[one]);
    state.pauses.failing ||= kept.every(({ failures }) => failures >= pace.failuresToPause);
  }
}

/**
 * Follows how the connection's consent was found to stand. When a new log-in ends a pause everything is
 * refreshed that has not been since `freshSince`; one that ends none has what the provider refuses tried
 * at once. A consent that has ended is tried now and then.
 */
export function takeConsent(
  state: AccountSyncState,
  { status, version }: ConsentFound,
  now: number,
  freshSince = now,
): void {
  if (status === 'unlinked') {
    state.unlinked = true;
    return;
  }
  const before = state.pauses.consent;
  if (version <= before.version) return;
  state.pauses.consent = { status, version };
  if (status === 'active') {
    if (before.status !== 'active') resume(state, now, freshSince);
    else if (pauseReason(state) === 'provider_error') retry(state, state.settings.products);
  } else if (status === 'gone' && before.status !== 'gone') {
    for (const name of state.settings.products) {
      const product = state.products[name];
      // What has been asked for is tried all the same.
      if (product.notBefore === null && isAskedFor(product)) continue;
      product.notBefore = now + state.pace.goneRetryMs;
    }
  }
}

/** A sync that began at `begunAt` succeeded though the provider had refused. */
export function endProviderError(state: AccountSyncState, begunAt: number, now: number): void {
  state.pauses.failing = false;
  if (pauseReason(state) === null) resume(state, now, begunAt);
}

/** After a pause everything is refreshed once, and at once. */
function resume(state: AccountSyncState, now: number, freshSince: number): void {
  if (state.nextSlotAt !== null && state.nextSlotAt <= now) planNextSlot(state, now);
  const isFresh = (name: Product): boolean =>
    (state.products[name].lastSuccessAt ?? 0) >= freshSince;
  retry(
    state,
    state.settings.products.filter((name) => !isFresh(name)),
  );
}

/** Asks for a sync that does not wait, unless the bank asked for the wait. */
export function retry(state: AccountSyncState, products: readonly Product[]): void {
  askFor(state, products, 'reconcile');
  for (const name of products) {
    const product = state.products[name];
    if (!product.mustWait) product.notBefore = null;
  }
}

const isAskedFor = ({ due }: ProductState): boolean =>
  due.some((trigger) => trigger !== 'schedule');

/** The bank knows the account no more. */
const isUnknown = ({ lastErrorKind, lastErrorCode }: ProductState): boolean =>
  lastErrorKind === 'gone' && lastErrorCode !== null && isOfOneAccount(lastErrorCode);

/**
 * When the workflow must next act by itself, milliseconds since the epoch; null while nothing is
 * planned.
 */
export function deadline(state: AccountSyncState): number | null {
  if (stillBecause(state)) return null;
  const slot = pauseReason(state) === null ? state.nextSlotAt : null;
  const times = state.settings.products
    .map((name) => state.products[name].notBefore ?? slot)
    .filter((time) => time !== null);
  return times.length > 0 ? Math.min(...times) : null;
}

/**
 * Acts on a deadline that has passed: waits end, and a slot that is reached asks for every product.
 */
export function passDeadline(state: AccountSyncState, now: number): void {
  for (const name of PRODUCTS) {
    const product = state.products[name];
    if (product.notBefore === null || product.notBefore > now) continue;
    product.notBefore = null;
    product.mustWait = false;
    if (product.due.length === 0) askFor(state, [name], 'reconcile');
  }
  if (state.nextSlotAt !== null && state.nextSlotAt <= now) {
    askFor(state, state.settings.products, 'schedule');
    planNextSlot(state, now);
  }
}
