import { sleep } from '@temporalio/workflow';
import type { SyncAnswer, SyncInput, SyncResult } from '../activities/contract.ts';
import { PRODUCTS, type Product } from '../config/product.ts';
import {
  askFor,
  canStart,
  deadline,
  endProviderError,
  fail,
  pauseReason,
  prepare,
  retry,
  succeed,
  takeConsent,
  takeWork,
  type AccountSyncState,
  type Work,
} from './account-state.ts';
import {
  confirmConsent,
  PRIORITY,
  recordSyncFailure,
  syncActivities,
  type SyncOptions,
} from './activities.ts';
import { readFailure, type Failure } from './failure.ts';
import { isoOrNull } from './iso.ts';
import { notRun, type Rounds } from './rounds.ts';
import { uuid7 } from './uuid7.ts';

/** Begins the syncs of one account, and makes states of how they end. */
export interface Syncs {
  /** Whether there is a sync of the product to be run now. */
  isReady(name: Product): boolean;
  /** Runs it: together with the other product's where both are short. */
  run(name: Product): Promise<void>;
  /** Whether one waits that has begun already. */
  hasUnfinished(): boolean;
  /** How many have begun. */
  count(): number;
}

/** A sync under way. */
interface Begun {
  readonly product: Product;
  readonly work: Work;
  readonly syncRunId: string;
  readonly at: number;
  /** Whether the account paused for a `provider_error`. */
  readonly wasRefused: boolean;
  /** What was known of the consent. */
  readonly consentVersion: number;
}

/** @param mayBegin whether the run of the workflow has room for another sync. */
export function createSyncs(
  state: AccountSyncState,
  rounds: Rounds,
  mayBegin: () => boolean,
): Syncs {
  const { accountId, provider } = state;
  const running = new Set<Product>();
  /** Those whose first attempt, in common, is to be repeated alone. */
  const unfinished = new Map<Product, Begun & { readonly waitMs: number | null }>();
  let count = 0;

  const canBegin = (name: Product): boolean =>
    mayBegin() && !running.has(name) && canStart(state, name);

  const isShort = (name: Product): boolean => {
    const { full, notBefore } = state.products[name];
    return !full && notBefore === null;
  };

  function begin(product: Product): Begun {
    const work = takeWork(state, product);
    count += 1;
    running.add(product);
    if (work.mayCall) rounds.begin(product);
    const { version: consentVersion } = state.pauses.consent;
    const wasRefused = pauseReason(state) === 'provider_error';
    return { product, work, syncRunId: uuid7(), at: Date.now(), wasRefused, consentVersion };
  }

  async function alone(begun: Begun): Promise<void> {
    const { product, work } = begun;
    try {
      const activities = syncActivities(optionsOf(begun));
      const sync = product === 'balance' ? activities.syncBalance : activities.syncTransactions;
      succeeded(begun, await withNextSync((next) => sync(inputOf(begun, next))));
    } catch (error) {
      const failure = readFailure(error);
      if (work.mayCall) await failed(begun, failure);
    } finally {
      running.delete(product);
    }
    if (state.products[product].failures === 0 && work.mayCall) await recovered(begun);
  }

  async function together(balance: Begun, transaction: Begun): Promise<void> {
    const both = [balance, transaction];
    let answers: Record<Product, SyncAnswer>;
    try {
      const { syncAccount } = syncActivities(optionsOf(balance, transaction));
      answers = await withNextSync((next) =>
        syncAccount({
          balance: inputOf(balance, next),
          transaction: inputOf(transaction, next),
        }),
      );
    } catch (error) {
      // Which of the two it was, and whether the other has committed, they tell when run alone.
      const { kind, code, retryAfterMs } = readFailure(error);
      const answer = { outcome: 'failed', kind, code, retryAfterMs, retryable: true } as const;
      answers = { balance: answer, transaction: answer };
    }
    await Promise.all(both.map((begun) => settle(begun, answers[begun.product])));
    const done = both.find(({ product }) => answers[product].outcome === 'succeeded');
    if (done) await recovered(done);
  }

  /** Only once a sync is over: what is asked for now is no part of what it has done. */
  async function recovered({ product, at, wasRefused, consentVersion }: Begun): Promise<void> {
    if (wasRefused || state.pauses.failing) endProviderError(state, at, Date.now());
    const { status, version } = state.pauses.consent;
    if (status !== 'gone') return;
    if (version === consentVersion) {
      takeConsent(state, await confirmConsent({ accountId, consentVersion }), Date.now(), at);
    }
    // It may have read the bank before the consent ended.
    if (state.pauses.consent.status === 'gone') retry(state, [product]);
  }

  async function settle(begun: Begun, answer: SyncAnswer): Promise<void> {
    if (answer.outcome === 'failed' && answer.retryable) {
      unfinished.set(begun.product, { ...begun, waitMs: answer.retryAfterMs });
      return;
    }
    if (answer.outcome === 'succeeded') succeeded(begun, answer);
    else await failed(begun, answer);
    running.delete(begun.product);
  }

  function succeeded({ product, work }: Begun, result: SyncResult): void {
    const { more, added, changed, removed, preparing } = result;
    if (!work.mayCall) {
      state.products[product].unread ||= more;
      return;
    }
    if (preparing) prepare(state, product, Date.now());
    else succeed(state, product, Date.now());
    if (more) askFor(state, [product], 'webhook');
    rounds.end({ product, outcome: 'succeeded', added, changed, removed, errorCode: null });
  }

  /** Postgres is told first: it knows whether the customer has logged in again since the sync began. */
  async function failed(begun: Begun, found: Failure): Promise<void> {
    const { product, work, syncRunId, consentVersion } = begun;
    const { kind: errorKind, code: errorCode } = found;
    const { triggers } = work;
    const consent = await recordSyncFailure({
      accountId,
      syncRunId,
      product,
      triggers,
      errorKind,
      errorCode,
      consentVersion,
    });
    const isStale = consent?.status === 'active';
    if (isStale && consent.version > consentVersion) askFor(state, [product], 'reconcile');
    fail(state, product, work, isStale ? { ...found, kind: 'retry' } : found, Date.now());
    if (consent) takeConsent(state, consent, Date.now());
    rounds.end(notRun(product, 'failed', errorCode));
  }

  /** Has the sync write down when the next one is due, and sees to it that this stays true. */
  async function withNextSync<T>(sync: (nextSyncAt: string | null) => Promise<T>): Promise<T> {
    const { settings } = state;
    const next = deadline(state);
    const result = await sync(isoOrNull(next));
    // A sync that follows at once writes down the next one itself.
    const isFollowed = PRODUCTS.some((name) => canStart(state, name));
    const isOther = deadline(state) !== next && !isFollowed;
    if (isOther || settings !== state.settings) state.recorded = null;
    return result;
  }

  function optionsOf(...syncs: readonly Begun[]): SyncOptions {
    const works = syncs.map(({ work }) => work);
    const triggers = new Set(works.flatMap((work) => work.triggers));
    const full = works.some((work) => work.full);
    const isAsked = triggers.has('manual') || (triggers.has('webhook') && !full);
    const names = syncs.map(({ product }) => product).join(' and ');
    const isAlone = syncs.length === 1;
    return {
      provider,
      intervalMs: state.settings.intervalMs,
      // Transactions are read in full once a day, as the activity finds.
      mayBeLong: isAlone && (full || names === 'transaction'),
      attempts: isAlone ? 5 : 2,
      priority: isAsked ? PRIORITY.asked : full ? PRIORITY.firstScan : PRIORITY.scheduled,
      summary: `${names}: ${[...triggers].join(', ')}`,
    };
  }

  function inputOf({ work, syncRunId }: Begun, nextSyncAt: string | null): SyncInput {
    return { accountId, syncRunId, ...work, nextSyncAt };
  }

  return {
    isReady: (name) => unfinished.has(name) || canBegin(name),
    async run(name) {
      const left = unfinished.get(name);
      if (left) {
        unfinished.delete(name);
        if (left.waitMs) await sleep(left.waitMs, { summary: 'as the provider asked' });
        return await alone(left);
      }
      const isTogether = PRODUCTS.every((one) => canBegin(one) && isShort(one));
      if (isTogether) await together(begin('balance'), begin('transaction'));
      else await alone(begin(name));
    },
    hasUnfinished: () => unfinished.size > 0 && !state.unlinked,
    count: () => count,
  };
}
