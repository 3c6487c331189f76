import { ProviderError } from '../errors.ts';
import type { ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';

const WITHOUT = new Set(['products_not_supported', 'product_not_ready']);

/** Whether what Plaid holds is to be read all the same: its bank is down, say. */
const isNoObstacle = ({ kind, code }: ProviderError): boolean =>
  kind === 'retry' || WITHOUT.has(code);

/**
 * Has Plaid look at the bank for new transactions. Plaid charges for it. What it finds comes later, with a
 * webhook. It is about all accounts of the Item, which are refreshed one by one: within a minute of one,
 * over all workers, there is no second.
 *
 * An Item that cannot be refreshed, as Capital One's of cards alone, or of which Plaid has no transactions yet,
 * or whose bank is down, is read without: what Plaid holds is not to wait for its bank.
 */
export async function refreshTransactions(
  api: PlaidApi,
  { accessToken, itemId }: PlaidItem,
  context: ProviderContext,
): Promise<void> {
  const isOfUs = await context.take([{ key: `refresh once item ${itemId}`, perMinute: 1 }]);
  if (isOfUs > 0) return;
  const body = { access_token: accessToken };
  try {
    await api.post({ path: 'transactions/refresh', body, itemId, asksBank: true }, context);
  } catch (error) {
    if (error instanceof ProviderError && isNoObstacle(error)) return;
    throw error;
  }
  await context.paid({ call: 'transactions_refresh' });
}
