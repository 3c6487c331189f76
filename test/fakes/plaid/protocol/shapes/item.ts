import type { Item as PlaidItem, ItemStatusNullable, ItemWithConsentFields } from 'plaid';
import { iso } from '../../clock.ts';
import { itemErrorShape } from '../../items/item-error.ts';
import type { Item } from '../../items/types.ts';
import type { Wire } from '../../wire.ts';
import type { World } from '../../world.ts';

export function itemShape(world: World, item: Item): Wire<PlaidItem> {
  return {
    item_id: item.id,
    institution_id: item.institutionId,
    institution_name: world.institutions.get(item.institutionId)?.name ?? null,
    webhook: item.webhook,
    auth_method: null,
    error: itemErrorShape(world, item),
    available_products: ['balance'],
    billed_products: item.products,
    products: item.products,
    consented_products: item.products,
    consent_expiration_time: timeOrNull(item.consentExpiresAt),
    update_type: 'background',
  };
}

/** As `/item/get` has it. */
export function itemWithConsentShape(world: World, item: Item): Wire<ItemWithConsentFields> {
  return { ...itemShape(world, item), created_at: iso(item.createdAt) };
}

export function itemStatusShape(item: Item): Wire<ItemStatusNullable> {
  return {
    investments: null,
    transactions: {
      last_successful_update: timeOrNull(item.lastSuccessfulUpdate),
      last_failed_update: timeOrNull(item.lastFailedUpdate),
    },
    last_webhook:
      item.lastWebhook === null
        ? null
        : { sent_at: iso(item.lastWebhook.at), code_sent: item.lastWebhook.code },
  };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
