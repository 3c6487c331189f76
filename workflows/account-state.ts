import type { Pace } from '../config/pace.ts';
import { PRODUCTS, type Product } from '../config/product.ts';
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

/** The failure code of a sync whose account was unlinked meanwhile (see activities/fail.ts). */
export const ACCOUNT_UNLINKED = 'account_unlinked';

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
  /** When the consent was last found to stand; a log-in asked for by an older sync is stale. */
  consentAt: number;
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
    reauthRequired: known.reauthRequired,
    gone: known.gone,
    failing: known.providerError,
  };
  const opened: AccountSyncState = {
    accountId: input.accountId,
    provider: input.provider,
    pace: input.pace,
    settings: input.settings,
    products: {
      balance: { ...product('balance') },
      transaction: { ...product('transaction') },
    },
    pauses: { ...pauses },
    connectionDue: carried?.connectionDue ?? false,
    consentAt: 0,
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
 * provider had refused is tried again.
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
  endProviderError(state, now);
  if (before.paused && !settings.paused) askFor(state, settings.products, 'manual');
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
  if (state.settings.paused) return 'user';
  if (state.pauses.reauthRequired) return 'reauth_required';
  return state.pauses.gone || state.pauses.failing ? 'provider_error' : null;
}

/** Whether nothing at all is tried. A `provider_error` is: now and then, until it succeeds. */
function holdsStill(state: AccountSyncState): boolean {
  const reason = pauseReason(state);
  return reason === 'user' || reason === 'reauth_required';
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
    !holdsStill(state)
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
    lastErrorKind: null,
    lastErrorCode: null,
    lastSuccessAt: now,
  } satisfies Partial<ProductState>);
}

/** Puts the work back, to be tried later or when the pause that the failure asks for ends. */
export function fail(
  state: AccountSyncState,
  name: Product,
  work: Work,
  failure: Failure,
  now: number,
): void {
  if (!work.mayCall) return;
  const product = state.products[name];
  // What the webhooks among them hold in full need not wait for the bank.
  product.unread ||= work.triggers.includes('webhook');
  product.due = [...new Set([...work.triggers, ...product.due])];
  product.full ||= work.full;
  product.failures += 1;
  product.lastErrorKind = failure.kind;
  product.lastErrorCode = failure.code;
  product.notBefore = null;
  product.mustWait = failure.retryAfterMs !== null;
  if (failure.code === ACCOUNT_UNLINKED) state.unlinked = true;
  else if (failure.kind === 'reauth') loginRequired(state);
  else if (failure.kind === 'gone') {
    state.pauses.gone = true;
    product.notBefore = now + state.pace.goneRetryMs;
  } else {
    const { accountId, pace } = state;
    product.notBefore = now + (failure.retryAfterMs ?? backoff(accountId, product.failures, pace));
    const kept = state.settings.products.map((one) => state.products[one]);
    state.pauses.failing ||= kept.every(({ failures }) => failures >= pace.failuresToPause);
  }
}

/** The customer must log in again: nothing is tried before. */
export function loginRequired(state: AccountSyncState): void {
  state.pauses.reauthRequired = true;
  state.pauses.gone = false;
}

/** The connection's consent has been found to have ended. Now and then it is tried again. */
export function consentEnded(state: AccountSyncState, now: number): void {
  if (state.pauses.gone) return;
  askFor(state, state.settings.products, 'reconcile');
  state.pauses.gone = true;
  state.pauses.reauthRequired = false;
  for (const name of state.settings.products) {
    state.products[name].notBefore = now + state.pace.goneRetryMs;
  }
}

/** The connection's consent has been found to stand. What waited for it runs. */
export function consentStands(state: AccountSyncState, now: number): void {
  state.consentAt = now;
  const { pauses } = state;
  if (!pauses.reauthRequired && !pauses.gone) return;
  pauses.reauthRequired = false;
  pauses.gone = false;
  resume(state, now);
}

/**
 * The provider answers again, or the operator wants it tried. Answers whether the consent was thought
 * to have ended.
 */
export function endProviderError(state: AccountSyncState, now: number): boolean {
  const { pauses } = state;
  const { gone, failing } = pauses;
  if (!gone && !failing) return false;
  pauses.gone = false;
  pauses.failing = false;
  resume(state, now);
  return gone;
}

/** After a pause everything is refreshed once, and at once. */
function resume(state: AccountSyncState, now: number): void {
  if (state.nextSlotAt !== null && state.nextSlotAt <= now) planNextSlot(state, now);
  for (const name of state.settings.products) {
    const product = state.products[name];
    if (product.lastSuccessAt === now) continue;
    askFor(state, [name], 'reconcile');
    if (!product.mustWait) product.notBefore = null;
  }
}

/**
 * When the workflow must next act by itself, milliseconds since the epoch; null while nothing is
 * planned.
 */
export function deadline(state: AccountSyncState): number | null {
  if (holdsStill(state)) return null;
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
  }
  if (state.nextSlotAt !== null && state.nextSlotAt <= now) {
    askFor(state, state.settings.products, 'schedule');
    planNextSlot(state, now);
  }
}
