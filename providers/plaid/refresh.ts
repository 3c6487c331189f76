import type { ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';

/**
 * Has Plaid look at the bank for new transactions. Plaid charges for it. What it finds comes later, with a
 * webhook. It is about all accounts of the Item, which are refreshed one by one: within a minute of one,
 * over all workers, there is no second.
 */
export async function refreshTransactions(
  api: PlaidApi,
  { accessToken, itemId }: PlaidItem,
  context: ProviderContext,
): Promise<void> {
  const isOfUs = await context.take([{ key: `refresh once item ${itemId}`, perMinute: 1 }]);
  if (isOfUs > 0) return;
  const body = { access_token: accessToken };
  await api.post({ path: 'transactions/refresh', body, itemId, asksBank: true }, context);
  await context.paid({ call: 'transactions_refresh' });
}
