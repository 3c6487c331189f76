import type { CallBudget, ProviderContext } from '../provider.ts';
import { wait } from '../wait.ts';
import { plaidError } from './errors.ts';
import type { PlaidEnvironment } from './settings.ts';

/** How often an endpoint may be called in a minute: for one Item, and by one client. */
interface Limits {
  readonly item?: number;
  readonly client: number;
}

/**
 * From the reference of RATE_LIMIT_EXCEEDED, as of March 2026. Endpoints that it does not list have no
 * budget.
 */
const LIMITS: Readonly<Record<PlaidEnvironment, Readonly<Record<string, Limits>>>> = {
  production: {
    'accounts/balance/get': { item: 5, client: 1_200 },
    'accounts/get': { item: 15, client: 15_000 },
    'item/get': { item: 15, client: 5_000 },
    'item/remove': { item: 30, client: 2_000 },
    'transactions/sync': { item: 50, client: 2_500 },
    'transactions/refresh': { item: 2, client: 100 },
  },
  sandbox: {
    'accounts/balance/get': { item: 25, client: 100 },
    'accounts/get': { item: 100, client: 5_000 },
    'transactions/sync': { item: 50, client: 1_000 },
    // Not known of the sandbox: as in production.
    'item/get': { item: 15, client: 5_000 },
    'item/remove': { item: 30, client: 2_000 },
    'transactions/refresh': { item: 2, client: 100 },
  },
};

/**
 * What is waited out within a call: the budget is ours, and nobody's fault, so that a sync is not to fail for it.
 * More is told to the caller.
 */
const SHORT_WAIT_MS = 20_000;

/**
 * Takes a call of `path` from its budgets. Short of room for longer than that it throws `retry`
 * `rate_limited`.
 */
export async function takeCall(
  environment: PlaidEnvironment,
  path: string,
  itemId: string | null,
  context: ProviderContext,
): Promise<void> {
  const limits = LIMITS[environment][path];
  if (!limits) return;
  const budgets: CallBudget[] = [{ key: `${path} client`, perMinute: limits.client }];
  if (limits.item !== undefined && itemId !== null) {
    budgets.push({ key: `${path} item ${itemId}`, perMinute: limits.item });
  }
  let waited = 0;
  for (;;) {
    const ms = await context.take(budgets);
    if (ms <= 0) return;
    if (waited + ms > SHORT_WAIT_MS) {
      throw plaidError('retry', 'rate_limited', { retryAfterMs: Math.ceil(ms) });
    }
    await wait(ms, context);
    waited += ms;
  }
}
