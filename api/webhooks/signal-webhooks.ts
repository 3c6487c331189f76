import type { Logger } from '../../config/logger.ts';
import { accountsToRun } from '../../db/accounts/account-to-run.ts';
import type { Database } from '../../db/connect.ts';
import { markSignalled, type Signalled } from '../../db/webhooks/mark-signalled.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';
import { createGroupCommit } from './group-commit.ts';
import type { SendSignal } from './signal-dispatcher.ts';

/**
 * Tells an account's workflow that webhooks wait, starting it where it is missing, and notes that
 * it was told.
 */
export function signalWebhooks(
  db: Database,
  accountWorkflows: AccountWorkflows,
  logger: Logger,
): SendSignal {
  const marks = createGroupCommit<Signalled, unknown>({
    async commit(signals) {
      await markSignalled(db, signals);
      return signals;
    },
    isOfItem: () => false,
    bytesOf: ({ webhookIds }) => webhookIds.length,
    commitsAtOnce: 1,
    mostInCommit: 100,
    mostBytesInCommit: 10_000,
    mostBytes: Infinity,
    patienceMs: 10_000,
    mostPatienceMs: 30_000,
  });
  return async (accountId, products, webhookIds) => {
    const find = () =>
      accountsToRun(db)
        .where('accounts.id', '=', accountId)
        .where('accounts.unlinked_at', 'is', null)
        .executeTakeFirst();
    await accountWorkflows.webhooksStored(accountId, products, find);
    try {
      await marks.add({ accountId, products, webhookIds });
    } catch (err) {
      logger.debug({ err, accountId }, 'not noted as signalled: the reconciler tells it again');
    }
  };
}
