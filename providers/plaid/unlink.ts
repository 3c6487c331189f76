import { ProviderError } from '../errors.ts';
import type { ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';

/** Of an Item that was removed Plaid knows neither the token nor the id any more. */
const GONE = new Set(['item_not_found', 'item_concurrently_deleted', 'invalid_access_token']);

/**
 * Removes the Item, which also ends what Plaid charges for it by the month. An Item of which the customer
 * has revoked the consent is still there, and is removed like others.
 */
export async function unlink(
  api: PlaidApi,
  { accessToken, itemId }: PlaidItem,
  context: ProviderContext,
): Promise<void> {
  try {
    await api.post({ path: 'item/remove', body: { access_token: accessToken }, itemId }, context);
  } catch (error) {
    if (!(error instanceof ProviderError && GONE.has(error.code))) throw error;
  }
}
