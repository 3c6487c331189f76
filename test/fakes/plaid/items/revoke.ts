import { sendItemWebhook } from '../webhooks/item-webhooks.ts';
import type { World } from '../world.ts';
import type { Item } from './types.ts';

export function revokePermission(world: World, item: Item): void {
  item.error = { code: 'USER_PERMISSION_REVOKED', reason: null };
  if (world.settings.announces) sendItemWebhook(world, item, { code: 'USER_PERMISSION_REVOKED' });
}

export function revokeAccount(world: World, item: Item, accountId: string): void {
  item.accounts = item.accounts.filter(({ id }) => id !== accountId);
  if (!world.settings.announces) return;
  sendItemWebhook(world, item, { code: 'USER_ACCOUNT_REVOKED', accountId });
}
