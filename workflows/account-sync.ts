import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import { PRODUCTS } from '../config/product.ts';
import {
  carryOver,
  deadline,
  openState,
  passDeadline,
  pauseReason,
  statusOf,
  takeConsent,
} from './account-state.ts';
import { readConsent, recordAccountState } from './activities.ts';
import { conditionOrTime } from './condition-or-time.ts';
import { createDashboard } from './dashboard.ts';
import { readFailure } from './failure.ts';
import { handleMessages } from './handlers.ts';
import { isoOrNull } from './iso.ts';
import type { AccountSyncInput } from './messages.ts';
import { createRounds } from './rounds.ts';
import { createSyncs } from './syncs.ts';

/**
 * After so many syncs, or when the server asks for it, none begins until the run has ended. Long before, at
 * the pace's number, it ends at the next quiet moment.
 */
const MOST_SYNCS_PER_RUN = 300;

/**
 * Keeps one account fresh, for as long as it is linked. A lane per product runs what is due; the
 * main loop keeps the one deadline. It never fails: an error becomes a state, with a way out (see
 * ARCHITECTURE.md).
 */
export async function accountSync(input: AccountSyncInput): Promise<void> {
  const state = openState(input, Date.now());
  let busy = 0;

  const mustEnd = (): boolean =>
    state.unlinked || syncs.count() >= MOST_SYNCS_PER_RUN || workflowInfo().continueAsNewSuggested;
  const ended = (): boolean =>
    (mustEnd() || syncs.count() >= state.pace.syncsPerRun) &&
    busy === 0 &&
    !syncs.hasUnfinished() &&
    allHandlersFinished();

  const dashboard = createDashboard(state, () => busy > 0);
  const rounds = createRounds(state, mustEnd);
  const syncs = createSyncs(state, rounds, () => !mustEnd());
  handleMessages(state, rounds);

  /** Runs `work` whenever `ready`, one at a time, until the run ends. */
  async function lane(ready: () => boolean, work: () => Promise<void>): Promise<void> {
    for (;;) {
      await condition(() => ended() || (!state.unlinked && ready()));
      if (ended()) return;
      // Another lane may have taken it up in the same moment.
      if (!ready()) continue;
      busy += 1;
      try {
        await work();
      } finally {
        busy -= 1;
        dashboard.update();
      }
    }
  }

  async function followConsent(): Promise<void> {
    state.connectionDue = false;
    try {
      takeConsent(state, await readConsent({ accountId: state.accountId }), Date.now());
    } catch (error) {
      // It waits in Postgres, and the reconciler asks again.
      readFailure(error);
    }
    // Whoever asks for it may know the account in another state.
    state.recorded = null;
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
      state.pauses.consent.version,
      PRODUCTS.map((name) => state.products[name].notBefore),
    ]);

  async function record(): Promise<void> {
    state.recorded = toRecord();
    const answer = await recordAccountState({
      accountId: state.accountId,
      status: statusOf(state),
      pauseReason: pauseReason(state),
      settingsVersion: state.settings.version,
      consentVersion: state.pauses.consent.version,
      nextSyncAt: isoOrNull(deadline(state)),
    });
    if (answer === 'unlinked') state.unlinked = true;
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
        await conditionOrTime(changed, wait, 'until the next sync');
      }
      passDeadline(state, Date.now());
    }
  }

  dashboard.update();
  await Promise.all([
    keepDeadline(),
    ...PRODUCTS.map((name) =>
      lane(
        () => syncs.isReady(name),
        () => syncs.run(name),
      ),
    ),
    lane(() => state.connectionDue, followConsent),
    lane(() => state.recorded !== toRecord(), record),
  ]);
  if (state.unlinked) return;
  const continueAsNew = makeContinueAsNewFunc<typeof accountSync>({
    memo: workflowInfo().memo ?? {},
  });
  await continueAsNew({ ...input, settings: state.settings, carried: carryOver(state) });
}

const isEarlier = (time: number | null, than: number | null): boolean =>
  time !== null && (than === null || time < than);
