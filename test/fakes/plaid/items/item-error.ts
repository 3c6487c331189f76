import { errorEnvelope } from '../errors/api-error.ts';
import type { WireError } from '../wire.ts';
import type { World } from '../world.ts';
import type { Item, ItemError } from './types.ts';

/** An item's error now: the one that it was given, or that its consent is over. */
export function errorOf(world: World, item: Item): ItemError | null {
  if (item.error !== null) return item.error;
  const { consentExpiresAt } = item;
  return consentExpiresAt !== null && world.clock.now() >= consentExpiresAt
    ? { code: 'ITEM_LOGIN_REQUIRED', reason: 'OAUTH_CONSENT_EXPIRED' }
    : null;
}

/** As it stands in `item.error`. */
export function itemErrorShape(world: World, item: Item): WireError | null {
  const error = errorOf(world, item);
  if (error === null) return null;
  return errorEnvelope(error.code, error.reason === null ? {} : { reason: error.reason });
}
