import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import type { IntervalTable } from '../config/interval.ts';
import type { Pace } from '../config/pace.ts';
import type { Product } from '../config/product.ts';
import type { AccountToRun } from '../db/accounts/account-to-run.ts';
import type { accountSync } from '../workflows/account-sync.ts';
import * as messages from '../workflows/messages.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';
import { DEADLINE_MS } from './deadline.ts';

export type { SettingsApplied } from '../workflows/messages.ts';

export interface RefreshAnswer {
  /** `running`: it was asked for and had not finished when the wait was over. */
  readonly state: 'done' | 'running';
  readonly outcomes: readonly messages.SyncOutcome[];
}

/**
 * How the API and the reconciler reach the account workflows. All start the workflow where it is
 * missing, and reject when Temporal does not answer in time: what they tell is in Postgres already,
 * and the reconciler tells it again.
 */
export interface AccountWorkflows {
  /** Answers whether the workflow was missing. */
  start(account: AccountToRun): Promise<boolean>;
  /**
   * Webhooks of these products wait. `find` gives the account, where its workflow is missing and it is
   * linked.
   */
  webhooksStored(
    accountId: string,
    products: readonly messages.Subject[],
    find: () => Promise<AccountToRun | undefined>,
  ): Promise<void>;
  /** Has the workflow read how the connection's consent stands. */
  connectionChanged(account: AccountToRun): Promise<void>;
  /**
   * Answers with how the account stands once its workflow runs these settings; null when it has not
   * confirmed them in about four seconds, and will later.
   */
  applySettings(account: AccountToRun): Promise<messages.SettingsApplied | null>;
  /** Tells the settings without waiting for the workflow. */
  settingsChanged(account: AccountToRun): Promise<void>;
  /**
   * Asks for a sync now and waits for its end, at most `waitMs`; not at all where several wait for one of
   * the account already. Rejects with `RefreshRefused` while paused.
   */
  refresh(
    account: AccountToRun,
    products: readonly Product[],
    options: { readonly full: boolean; readonly waitMs: number },
  ): Promise<RefreshAnswer>;
  /** Tells the workflow to end. Answers whether there was one. */
  unlinked(accountId: string): Promise<boolean>;
}

type RefreshUpdate = WorkflowUpdateHandle<messages.SyncOutcome[]>;

/** The workflow holds still and refuses to refresh. */
export class RefreshRefused extends Error {
  override readonly name = 'RefreshRefused';
  readonly reason: string;

  constructor(reason: string) {
    super(`refresh refused: ${reason}`);
    this.reason = reason;
  }
}

/** A caller who waits for a refresh has the time that a busy worker needs to take it up. */
const LONGEST_TO_ACCEPT_MS = 10_000;

export function createAccountWorkflows(
  client: Client,
  options: {
    readonly taskQueue: string;
    readonly intervals: IntervalTable;
    /** Another pace than the workflow's own, for tests. */
    readonly pace?: Pace | undefined;
  },
): AccountWorkflows {
  const { taskQueue, intervals, pace } = options;

  function within<T>(ms: number, call: () => Promise<T>): Promise<T> {
    return client.withDeadline(Date.now() + ms, call);
  }

  function settingsOf(account: AccountToRun): messages.AccountSettings {
    const { paused, products, settings_version: version } = account;
    const { refresh_interval: interval, effective_interval: effectiveInterval } = account;
    const intervalMs = effectiveInterval && intervals[effectiveInterval];
    return { version, paused, products, interval, effectiveInterval, intervalMs };
  }

  function startOptions(account: AccountToRun) {
    const { id: accountId, provider } = account;
    const settings = settingsOf(account);
    const input = { accountId, provider, settings, known: knownOf(account), ...(pace && { pace }) };
    return {
      workflowId: messages.accountSyncId(accountId),
      taskQueue,
      args: [input] satisfies Parameters<typeof accountSync>,
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      memo: { connectionId: account.connection_id },
      typedSearchAttributes: [
        { key: searchAttributes.provider, value: provider },
        { key: searchAttributes.status, value: 'scanning' },
        { key: searchAttributes.interval, value: account.effective_interval ?? 'none' },
      ],
    };
  }

  /** False where no workflow runs. A signal alone is less work for the server than one that may start. */
  async function signalRunning(
    accountId: string,
    products: readonly messages.Subject[],
  ): Promise<boolean> {
    const handle = client.workflow.getHandle(messages.accountSyncId(accountId));
    try {
      await within(DEADLINE_MS, () => handle.signal(messages.webhookStored, { products }));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async function connectionChanged(account: AccountToRun): Promise<void> {
    await within(DEADLINE_MS, () =>
      client.workflow.signalWithStart<typeof accountSync>(messages.ACCOUNT_SYNC, {
        ...startOptions(account),
        signal: messages.connectionChanged,
        signalArgs: [],
      }),
    );
  }

  async function settingsChanged(account: AccountToRun): Promise<void> {
    await within(DEADLINE_MS, () =>
      client.workflow.signalWithStart<typeof accountSync, [messages.AccountSettings]>(
        messages.ACCOUNT_SYNC,
        {
          ...startOptions(account),
          signal: messages.settingsChanged,
          signalArgs: [settingsOf(account)],
        },
      ),
    );
  }

  /** The update once a worker has taken it up; null where none does in time, and it may be lost. */
  async function startRefresh(
    account: AccountToRun,
    products: readonly Product[],
    full: boolean,
    waitMs: number,
  ): Promise<RefreshUpdate | null> {
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof accountSync>(
      messages.ACCOUNT_SYNC,
      startOptions(account),
    );
    try {
      return await within(Math.min(Math.max(waitMs, DEADLINE_MS), LONGEST_TO_ACCEPT_MS), () =>
        client.workflow.startUpdateWithStart(messages.refresh, {
          args: [{ products, full }],
          waitForStage: 'ACCEPTED',
          startWorkflowOperation,
        }),
      );
    } catch (error) {
      const reason = refusal(error);
      if (reason) throw new RefreshRefused(reason);
      return null;
    }
  }

  /** Null where too many wait already, and it was not asked for. */
  async function outcomeOf(update: RefreshUpdate, until: number): Promise<RefreshAnswer | null> {
    try {
      const outcomes = await client.withDeadline(until, () => update.result());
      const isDone = outcomes.every(({ outcome }) => outcome !== 'running');
      return { state: isDone ? 'done' : 'running', outcomes };
    } catch (error) {
      const reason = refusal(error);
      if (reason === messages.FULL) return null;
      if (reason) throw new RefreshRefused(reason);
      // It goes on without us.
      return { state: 'running', outcomes: [] };
    }
  }

  return {
    settingsChanged,
    connectionChanged,
    async start(account) {
      try {
        await within(DEADLINE_MS, () =>
          client.workflow.start<typeof accountSync>(messages.ACCOUNT_SYNC, {
            ...startOptions(account),
            workflowIdConflictPolicy: 'FAIL',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
        throw error;
      }
    },
    async webhooksStored(accountId, products, find) {
      if (await signalRunning(accountId, products)) return;
      const account = await find();
      if (!account) return;
      await within(DEADLINE_MS, () =>
        client.workflow.signalWithStart<
          typeof accountSync,
          [{ products: readonly messages.Subject[] }]
        >(messages.ACCOUNT_SYNC, {
          ...startOptions(account),
          signal: messages.webhookStored,
          signalArgs: [{ products }],
        }),
      );
    },
    async applySettings(account) {
      try {
        const startWorkflowOperation = new WithStartWorkflowOperation<typeof accountSync>(
          messages.ACCOUNT_SYNC,
          startOptions(account),
        );
        const applied = await within(DEADLINE_MS, () =>
          client.workflow.executeUpdateWithStart(messages.applySettings, {
            args: [settingsOf(account)],
            startWorkflowOperation,
          }),
        );
        return applied.version >= account.settings_version ? applied : null;
      } catch {
        // An update that no worker has taken up may be lost; a signal is not.
        await settingsChanged(account);
        return null;
      }
    },
    async refresh(account, products, { full, waitMs }) {
      const until = Date.now() + waitMs;
      if (waitMs > 0) {
        const accepted = await startRefresh(account, products, full, waitMs);
        const answer = accepted && (await outcomeOf(accepted, until));
        if (answer) return answer;
      }
      await within(DEADLINE_MS, () =>
        client.workflow.signalWithStart<
          typeof accountSync,
          [{ products: readonly Product[]; full: boolean; trigger: messages.Trigger }]
        >(messages.ACCOUNT_SYNC, {
          ...startOptions(account),
          signal: messages.refreshRequested,
          signalArgs: [{ products, full, trigger: 'manual' }],
        }),
      );
      return { state: 'running', outcomes: [] };
    },
    async unlinked(accountId) {
      try {
        await within(DEADLINE_MS, () =>
          client.workflow.getHandle(messages.accountSyncId(accountId)).signal(messages.unlinked),
        );
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

function knownOf(account: AccountToRun): messages.KnownState {
  const { balance_synced_at, transactions_synced_at, connection_status, pause_reason } = account;
  const scanned: Product[] = [];
  if (balance_synced_at) scanned.push('balance');
  if (transactions_synced_at) scanned.push('transaction');
  const isRefused = connection_status === 'reauth_required' || connection_status === 'gone';
  const status = isRefused ? connection_status : 'active';
  return {
    scanned,
    consent: { status, version: account.consent_version },
    providerError: status !== 'gone' && pause_reason === 'provider_error',
  };
}

/** Why the workflow's validator refused; undefined for any other error. */
function refusal(error: unknown): string | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  return cause && 'details' in cause && Array.isArray(cause.details)
    ? String(cause.details[0])
    : undefined;
}
