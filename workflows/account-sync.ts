import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import { PRODUCTS, type Product } from '../config/product.ts';
import {
  ACCOUNT_UNLINKED,
  askFor,
  canStart,
  carryOver,
  clearPauseOf,
  deadline,
  fail,
  openState,
  passDeadline,
  pauseReason,
  statusOf,
  succeed,
  takeWork,
  type Work,
} from './account-state.ts';
import {
  applyConnectionWebhooks,
  recordAccountState,
  recordSyncFailure,
  syncActivity,
} from './activities.ts';
import { createDashboard } from './dashboard.ts';
import { readFailure, type Failure } from './failure.ts';
import { handleMessages } from './handlers.ts';
import { isoOrNull } from './iso.ts';
import type { AccountSyncInput } from './messages.ts';
import { createRounds, notRun } from './rounds.ts';
import { uuid7 } from './uuid7.ts';

/**
 * After so many syncs the run ends at the next quiet moment. Short histories: a large fleet evicts
 * workflows from the workers' caches, and each wake-up then replays the whole run.
 */
const SYNCS_PER_RUN = 60;
/** After so many, or when the server asks for it, no sync begins until the run has ended. */
const MOST_SYNCS_PER_RUN = 300;

/**
 * Keeps one account fresh, for as long as it is linked. A lane per product runs what is due; the
 * main loop keeps the one deadline. It never fails: an error becomes a state, with a way out (see
 * ARCHITECTURE.md).
 */
export async function accountSync(input: AccountSyncInput): Promise<void> {
  const state = openState(input, Date.now());
  let syncs = 0;
  let busy = 0;

  const mustEnd = (): boolean =>
    state.unlinked || syncs >= MOST_SYNCS_PER_RUN || workflowInfo().continueAsNewSuggested;
  const ended = (): boolean =>
    (mustEnd() || syncs >= SYNCS_PER_RUN) && busy === 0 && allHandlersFinished();

  const dashboard = createDashboard(state, () => busy > 0);
  const rounds = createRounds(state, mustEnd);
  handleMessages(state, rounds);

  /** Runs `work` whenever `ready`, one at a time, until the run ends. */
  async function lane(ready: () => boolean, work: () => Promise<void>): Promise<void> {
    for (;;) {
      await condition(() => ended() || (!state.unlinked && ready()));
      if (ended()) return;
      busy += 1;
      try {
        await work();
      } finally {
        busy -= 1;
        dashboard.update();
      }
    }
  }

  async function syncProduct(name: Product): Promise<void> {
    const work = takeWork(state, name);
    const begun = { at: Date.now(), syncRunId: uuid7() };
    syncs += 1;
    if (!work.mayCall) {
      await run(name, work, begun.syncRunId).catch(readFailure);
      return;
    }
    rounds.begin(name);
    try {
      const { more, ...counts } = await run(name, work, begun.syncRunId);
      succeed(state, name, Date.now());
      if (more) askFor(state, [name], 'webhook');
      rounds.end({ product: name, outcome: 'succeeded', ...counts, errorCode: null });
    } catch (error) {
      const failure = unlessStale(readFailure(error), begun.at);
      fail(state, name, work, failure, Date.now());
      const { kind: errorKind, code: errorCode } = failure;
      const { accountId } = state;
      const { triggers } = work;
      const { syncRunId } = begun;
      await recordSyncFailure({
        accountId,
        syncRunId,
        product: name,
        triggers,
        errorKind,
        errorCode,
      });
      rounds.end(notRun(name, 'failed', errorCode));
    }
  }

  async function run(name: Product, work: Work, syncRunId: string) {
    const { accountId, settings } = state;
    const next = deadline(state);
    const summary = `${name}: ${work.triggers.join(', ')}`;
    const sync = syncActivity(name, { ...work, intervalMs: settings.intervalMs, summary });
    const nextSyncAt = isoOrNull(next);
    const result = await sync({ accountId, syncRunId, ...work, nextSyncAt });
    // The sync has written down when the next one is due; by now that may have changed.
    if (deadline(state) !== next || settings !== state.settings) state.recorded = null;
    return result;
  }

  /** A log-in that was asked for before the customer logged in again is not asked for again. */
  function unlessStale(failure: Failure, begunAt: number): Failure {
    return failure.kind === 'reauth' && state.consentAt >= begunAt
      ? { kind: 'retry', code: failure.code, retryAfterMs: 0 }
      : failure;
  }

  async function readConsent(): Promise<void> {
    state.connectionDue = false;
    try {
      const consent = await applyConnectionWebhooks({ accountId: state.accountId });
      if (consent === 'active') {
        clearPauseOf(state, 'reauth_required', Date.now());
        clearPauseOf(state, 'provider_error', Date.now());
      } else if (consent === 'reauth_required') state.pauses.reauthRequired = true;
      else if (consent === 'gone') state.pauses.providerError = true;
    } catch (error) {
      // Else they wait in Postgres, and the reconciler asks again.
      if (readFailure(error).code === ACCOUNT_UNLINKED) state.unlinked = true;
    }
  }

  /**
   * What Postgres should hold of the state. A new deadline alone goes along with the sync that made
   * it.
   */
  const toRecord = (): string =>
    JSON.stringify([
      statusOf(state),
      pauseReason(state),
      state.settings.version,
      PRODUCTS.map((name) => state.products[name].notBefore),
    ]);

  async function record(): Promise<void> {
    state.recorded = toRecord();
    await recordAccountState({
      accountId: state.accountId,
      status: statusOf(state),
      pauseReason: pauseReason(state),
      settingsVersion: state.settings.version,
      nextSyncAt: isoOrNull(deadline(state)),
    });
  }

  /**
   * Keeps the one timer. It is armed anew only when the deadline moves earlier, as each timer costs
   * events.
   */
  async function keepDeadline(): Promise<void> {
    while (!ended()) {
      const armed = deadline(state);
      const changed = (): boolean => ended() || isEarlier(deadline(state), armed);
      if (armed === null) await condition(changed);
      else {
        const wait = Math.max(armed - Date.now(), 1);
        await condition(changed, wait, { summary: 'until the next sync' });
      }
      passDeadline(state, Date.now());
    }
  }

  dashboard.update();
  await Promise.all([
    keepDeadline(),
    lane(
      () => !mustEnd() && canStart(state, 'balance'),
      () => syncProduct('balance'),
    ),
    lane(
      () => !mustEnd() && canStart(state, 'transaction'),
      () => syncProduct('transaction'),
    ),
    lane(() => state.connectionDue, readConsent),
    lane(() => state.recorded !== toRecord(), record),
  ]);
  if (state.unlinked) return;
  const continueAsNew = makeContinueAsNewFunc<typeof accountSync>({
    memo: workflowInfo().memo ?? {},
  });
  const { accountId, provider, settings } = state;
  await continueAsNew({ accountId, provider, settings, carried: carryOver(state) });
}

const isEarlier = (time: number | null, than: number | null): boolean =>
  time !== null && (than === null || time < than);
