import { sendTransactionsWebhook } from '../webhooks/transactions-webhooks.ts';
import type { World } from '../world.ts';
import type { Item, LogEntry } from './types.ts';

/**
 * The webhooks of a pull. The legacy codes fire for users of `/transactions/sync` too; clients are
 * told to ignore them (docs/transactions/webhooks).
 */
export function announceChanges(world: World, item: Item, entries: readonly LogEntry[]): void {
  if (!world.settings.announces) return;
  if (item.syncCalled) sendTransactionsWebhook(world, item, { code: 'SYNC_UPDATES_AVAILABLE' });
  if (!world.settings.legacyWebhooks) return;
  const added = entries.filter((entry) => !entry.removed && entry.addedAt === entry.changedAt);
  const removed = entries.filter((entry) => entry.removed);
  if (added.length > 0) {
    sendTransactionsWebhook(world, item, { code: 'DEFAULT_UPDATE', count: added.length });
  }
  if (removed.length > 0) {
    sendTransactionsWebhook(world, item, {
      code: 'TRANSACTIONS_REMOVED',
      removed: removed.map(({ transactionId }) => transactionId),
    });
  }
}
