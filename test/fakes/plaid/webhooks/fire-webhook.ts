import type { Item } from '../items/types.ts';
import type { World } from '../world.ts';
import type { ItemNews } from './item-webhooks.ts';
import { sendItemWebhook } from './item-webhooks.ts';
import { sendTransactionsWebhook, type TransactionsNews } from './transactions-webhooks.ts';

/** An example of a code, as `/sandbox/item/fire_webhook` sends it. False for another product's. */
export function fireWebhook(world: World, item: Item, code: string): boolean {
  switch (code) {
    case 'DEFAULT_UPDATE':
      return fireTransactions(world, item, { code, count: 0 });
    case 'SYNC_UPDATES_AVAILABLE':
      return fireTransactions(world, item, { code });
    case 'ERROR':
    case 'LOGIN_REPAIRED':
    case 'NEW_ACCOUNTS_AVAILABLE':
    case 'USER_PERMISSION_REVOKED':
      return fireItem(world, item, { code });
    case 'USER_ACCOUNT_REVOKED':
      return fireItem(world, item, { code, accountId: item.accounts[0]?.id ?? '' });
    case 'PENDING_DISCONNECT':
      return fireItem(world, item, { code, reason: 'INSTITUTION_MIGRATION' });
    default:
      return false;
  }
}

function fireTransactions(world: World, item: Item, news: TransactionsNews): boolean {
  if (!item.products.includes('transactions')) return false;
  sendTransactionsWebhook(world, item, news);
  return true;
}

function fireItem(world: World, item: Item, news: ItemNews): boolean {
  sendItemWebhook(world, item, news);
  return true;
}
