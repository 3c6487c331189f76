import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { PRODUCTS, type Product } from '../config/product.ts';
import {
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
  takeSettings,
  takeWork,
} from './account-state.ts';
import {
  applyConnectionWebhooks,
  recordAccountState,
  recordSyncFailure,
  syncActivity,
} from './activities.ts';
import { createDashboard } from './dashboard.ts';
import { readFailure } from './failure.ts';
import * as messages from './messages.ts';
import type { AccountSyncInput, SyncOutcome } from './messages.ts';
import { uuid7 } from './uuid7.ts';

/**
 * Short histories: a large fleet evicts workflows from the workers' caches, and each wake-up then
 * replays the whole run.
 */
const SYNCS_PER_RUN = 60;

/**
 * Keeps one account fresh, for as long as it is linked. A lane per product runs what is due; the
 * main loop keeps the one deadline. It never fails: an error becomes a state, with a way out (see
 * ARCHITECTURE.md).
 */
export async function accountSync(input: AccountSyncInput): Promise<void> {
  const state = openState(input, Date.now());
  const dashboard = createDashboard(state);
  const syncing = new Set<Product>();
  const finished: Record<Product, { count: number; last: SyncOutcome | null }> = {
    balance: { count: 0, last: null },
    transaction: { count: 0, last: null },
  };
  let waitingRefreshes = 0;
  let syncs = 0;
  let busy = 0;

  const runIsLong = (): boolean => syncs >= SYNCS_PER_RUN || workflowInfo().continueAsNewSuggested;
  /**
   * No new work is taken up, so that the run can end; a caller who waits for a refresh still gets
   * it.
   */
  const draining = (): boolean => state.unlinked || (runIsLong() && waitingRefreshes === 0);
  const ended = (): boolean => draining() && busy === 0 && allHandlersFinished();

  setHandler(messages.webhookStored, ({ product }) => {
    if (product === 'connection') state.connectionDue = true;
    else askFor(state, [product], 'webhook');
  });
  setHandler(messages.settingsChanged, (settings) => takeSettings(state, settings, Date.now()));
  setHandler(messages.clearPause, ({ reason }) => clearPauseOf(state, reason));
  setHandler(messages.refreshRequested, ({ products, full, trigger }) =>
    askFor(state, products, trigger, full),
  );
  setHandler(messages.unlinked, () => {
    state.unlinked = true;
  });
  setHandler(messages.applySettings, (settings) => {
    takeSettings(state, settings, Date.now());
    return { version: state.settings.version };
  });
  setHandler(
    messages.refresh,
    async ({ products, full }) => {
      waitingRefreshes += 1;
      try {
        // A sync that is already running may have read the bank before this was asked: the one
        // after it counts.
        const target = new Map(
          products.map((name) => [name, finished[name].count + (syncing.has(name) ? 2 : 1)]),
        );
        askFor(state, products, 'manual', full);
        const isDone = (name: Product): boolean => finished[name].count >= (target.get(name) ?? 0);
        await condition(
          () =>
            state.unlinked || pauseReason(state) !== null || products.every((name) => isDone(name)),
        );
        return products.map((name) => {
          const last = finished[name].last;
          return isDone(name) && last ? last : notRun(name, pauseReason(state) ?? 'unlinked');
        });
      } finally {
        waitingRefreshes -= 1;
      }
    },
    {
      validator: ({ products }) => {
        const reason = pauseReason(state);
        if (reason) throw ApplicationFailure.nonRetryable(`paused: ${reason}`, 'paused', reason);
        const off = products.find((name: Product) => !state.settings.products.includes(name));
        if (off) throw ApplicationFailure.nonRetryable(`${off} is not kept`, 'product_off', off);
      },
    },
  );
  setHandler(messages.state, () => {
    const next = deadline(state);
    return {
      status: statusOf(state),
      pauseReason: pauseReason(state),
      settings: state.settings,
      products: state.products,
      syncing: [...syncing],
      nextSyncAt: next === null ? null : new Date(next).toISOString(),
    };
  });

  /** Runs `work` whenever `ready`, one at a time, until the run ends. */
  async function lane(ready: () => boolean, work: () => Promise<void>): Promise<void> {
    for (;;) {
      await condition(() => ended() || (!draining() && ready()));
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
    const syncRunId = uuid7();
    const { accountId } = state;
    const next = state.nextSlotAt;
    const nextSyncAt = next === null ? null : new Date(next).toISOString();
    syncing.add(name);
    syncs += 1;
    try {
      const sync = syncActivity(name, work.full, `${name}: ${work.triggers.join(', ')}`);
      const result = await sync({ accountId, syncRunId, ...work, nextSyncAt });
      succeed(state, name, Date.now());
      const { more, ...counts } = result;
      if (more) askFor(state, [name], 'webhook');
      finished[name].last = { product: name, outcome: 'succeeded', ...counts, errorCode: null };
    } catch (error) {
      const failure = readFailure(error);
      fail(state, name, work, failure, Date.now());
      const { kind: errorKind, code: errorCode } = failure;
      const product = name;
      const { triggers } = work;
      await recordSyncFailure({ accountId, syncRunId, product, triggers, errorKind, errorCode });
      finished[name].last = { ...notRun(name, errorCode), outcome: 'failed' };
    } finally {
      syncing.delete(name);
      finished[name].count += 1;
    }
  }

  async function readConsent(): Promise<void> {
    state.connectionDue = false;
    const consent = await applyConnectionWebhooks({ accountId: state.accountId }).catch(
      (error: unknown) => {
        // They wait in Postgres, and the reconciler asks again.
        readFailure(error);
        return null;
      },
    );
    if (consent === 'active') {
      clearPauseOf(state, 'reauth_required');
      clearPauseOf(state, 'provider_error');
    } else if (consent === 'reauth_required') state.pauses.reauthRequired = true;
    else if (consent === 'gone') state.pauses.providerError = true;
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
    const recorded = toRecord();
    const next = deadline(state);
    await recordAccountState({
      accountId: state.accountId,
      status: statusOf(state),
      pauseReason: pauseReason(state),
      settingsVersion: state.settings.version,
      nextSyncAt: next === null ? null : new Date(next).toISOString(),
    });
    state.recorded = recorded;
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
      () => canStart(state, 'balance'),
      () => syncProduct('balance'),
    ),
    lane(
      () => canStart(state, 'transaction'),
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

function notRun(product: Product, errorCode: string): SyncOutcome {
  return { product, outcome: 'paused', added: 0, changed: 0, removed: 0, errorCode };
}
