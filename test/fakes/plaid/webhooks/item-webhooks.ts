import { DAY, iso } from '../clock.ts';
import { itemErrorShape } from '../items/item-error.ts';
import type { Item } from '../items/types.ts';
import type { World } from '../world.ts';
import type { WebhookBody } from './body.ts';

export type ItemNews =
  | {
      readonly code:
        | 'ERROR'
        | 'LOGIN_REPAIRED'
        | 'NEW_ACCOUNTS_AVAILABLE'
        | 'USER_PERMISSION_REVOKED'
        | 'PENDING_EXPIRATION';
    }
  | { readonly code: 'USER_ACCOUNT_REVOKED'; readonly accountId: string }
  | {
      readonly code: 'PENDING_DISCONNECT';
      readonly reason: 'INSTITUTION_MIGRATION' | 'INSTITUTION_TOKEN_EXPIRATION';
    }
  | { readonly code: 'WEBHOOK_UPDATE_ACKNOWLEDGED'; readonly url: string };

/** "Seven days before" is when the two warnings come (docs/api/items). */
const AHEAD = 7 * DAY;

export function sendItemWebhook(world: World, item: Item, news: ItemNews): void {
  world.outbox.toItem(item, itemBody(world, item, news));
}

export function itemBody(world: World, item: Item, news: ItemNews): WebhookBody {
  const about = {
    webhook_type: 'ITEM',
    webhook_code: news.code,
    item_id: item.id,
    environment: world.environment,
  };
  const soon = iso(item.consentExpiresAt ?? world.clock.now() + AHEAD);
  switch (news.code) {
    case 'ERROR':
      return { ...about, error: itemErrorShape(world, item) };
    case 'LOGIN_REPAIRED':
      return about;
    case 'NEW_ACCOUNTS_AVAILABLE':
    case 'USER_PERMISSION_REVOKED':
      return { ...about, error: itemErrorShape(world, item) };
    case 'USER_ACCOUNT_REVOKED':
      return { ...about, account_id: news.accountId };
    case 'PENDING_DISCONNECT':
      return { ...about, reason: news.reason, disconnect_time: soon };
    case 'PENDING_EXPIRATION':
      return { ...about, consent_expiration_time: soon };
    case 'WEBHOOK_UPDATE_ACKNOWLEDGED':
      return { ...about, new_webhook_url: news.url, error: null };
  }
}
