import { confirmStopped } from '../db/confirm-stopped.ts';
import {
  accountsToResume,
  accountsToStop,
  accountsWithUnconfirmedSettings,
  lateAccounts,
} from '../db/accounts-to-reconcile.ts';
import { markSignalled, webhooksToSignal } from '../db/webhooks-to-signal.ts';
import type { CallContext } from '../providers/provider.ts';
import type { ReconcileResult } from './contract.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Compares what Postgres holds with what the workflows have confirmed, and tells again what they
 * missed. Safe to run at any time, any number of times: everything that it sends is idempotent.
 */
export async function reconcile(
  { db, accountWorkflows }: ActivityDeps,
  { signal, heartbeat }: CallContext,
): Promise<ReconcileResult> {
  async function each<T>(items: readonly T[], tell: (item: T) => Promise<void>): Promise<number> {
    for (const item of items) {
      signal.throwIfAborted();
      heartbeat();
      await tell(item);
    }
    return items.length;
  }

  return {
    webhooksSignalled: await each(await webhooksToSignal(db), async (waiting) => {
      await accountWorkflows.webhookStored(waiting.account, waiting.product);
      await markSignalled(db, waiting);
    }),
    settingsTold: await each(await accountsWithUnconfirmedSettings(db), (account) =>
      accountWorkflows.settingsChanged(account),
    ),
    pausesCleared: await each(await accountsToResume(db), (account) =>
      accountWorkflows.clearPause(account, account.pause_reason),
    ),
    workflowsStarted: await each(await lateAccounts(db), (account) =>
      accountWorkflows.start(account),
    ),
    workflowsStopped: await each(await accountsToStop(db), async ({ id }) => {
      await accountWorkflows.unlinked(id);
      await confirmStopped(db, id);
    }),
  };
}
