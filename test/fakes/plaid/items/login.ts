import type { PlaidErrorCode } from '../errors/codes.ts';
import { sendItemWebhook } from '../webhooks/item-webhooks.ts';
import type { World } from '../world.ts';
import { pull } from './take-over.ts';
import type { Item } from './types.ts';

/** The item goes into an error, ITEM_LOGIN_REQUIRED for one, and ITEM/ERROR says so. */
export function breakLogin(
  world: World,
  item: Item,
  code: PlaidErrorCode,
  reason: string | null,
): void {
  item.error = { code, reason };
  item.lastFailedUpdate = world.clock.now();
  if (world.settings.announces) sendItemWebhook(world, item, { code: 'ERROR' });
}

/** The item is well again; what it missed comes with the pull that follows. */
export function repairLogin(world: World, item: Item, tells: boolean): void {
  item.error = null;
  if (item.consentExpiresAt !== null && item.consentExpiresAt <= world.clock.now()) {
    item.consentExpiresAt = null;
  }
  if (tells) sendItemWebhook(world, item, { code: 'LOGIN_REPAIRED' });
  if (world.settings.pulls === 'live') pull(world, item);
}
