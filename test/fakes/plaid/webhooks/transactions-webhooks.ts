import type { Item } from '../items/types.ts';
import type { World } from '../world.ts';
import type { WebhookBody } from './body.ts';

export type TransactionsNews =
  | { readonly code: 'SYNC_UPDATES_AVAILABLE' }
  | {
      readonly code: 'INITIAL_UPDATE' | 'HISTORICAL_UPDATE' | 'DEFAULT_UPDATE';
      /** Of new transactions. */
      readonly count: number;
    }
  | { readonly code: 'TRANSACTIONS_REMOVED'; readonly removed: readonly string[] };

export function sendTransactionsWebhook(world: World, item: Item, news: TransactionsNews): void {
  world.outbox.toItem(item, transactionsBody(world, item, news));
}

export function transactionsBody(world: World, item: Item, news: TransactionsNews): WebhookBody {
  const about = {
    webhook_type: 'TRANSACTIONS',
    webhook_code: news.code,
    item_id: item.id,
    environment: world.environment,
  };
  switch (news.code) {
    case 'SYNC_UPDATES_AVAILABLE':
      return {
        ...about,
        initial_update_complete: item.status !== 'NOT_READY',
        historical_update_complete: item.status === 'HISTORICAL_UPDATE_COMPLETE',
      };
    case 'TRANSACTIONS_REMOVED':
      return { ...about, error: null, removed_transactions: news.removed };
    case 'INITIAL_UPDATE':
    case 'HISTORICAL_UPDATE':
    case 'DEFAULT_UPDATE':
      return { ...about, error: null, new_transactions: news.count };
  }
}
