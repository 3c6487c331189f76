import { MINUTE } from './clock.ts';
import type { PlaidErrorCode } from './errors/codes.ts';
import type { Environment } from './world.ts';

interface Limit {
  /** Per minute; null: none. */
  readonly perItem: number | null;
  readonly perClient: number;
  readonly itemCode: PlaidErrorCode;
  readonly clientCode: PlaidErrorCode;
}

const limit = (
  perItem: number | null,
  perClient: number,
  itemCode: PlaidErrorCode,
  clientCode: PlaidErrorCode = itemCode,
): Limit => ({ perItem, perClient, itemCode, clientCode });

/** docs/errors/rate-limit-exceeded, as of March 2026. */
const LIMITS: Readonly<Record<Environment, Readonly<Record<string, Limit>>>> = {
  production: {
    '/accounts/balance/get': limit(5, 1200, 'BALANCE_LIMIT', 'ACCOUNTS_BALANCE_GET_LIMIT'),
    '/accounts/get': limit(15, 15_000, 'ACCOUNTS_LIMIT'),
    '/institutions/get': limit(null, 50, 'INSTITUTIONS_GET_LIMIT'),
    '/institutions/get_by_id': limit(null, 400, 'INSTITUTIONS_GET_BY_ID_LIMIT'),
    '/item/get': limit(15, 5000, 'ITEM_GET_LIMIT'),
    '/item/remove': limit(30, 2000, 'RATE_LIMIT'),
    '/transactions/refresh': limit(2, 100, 'TRANSACTIONS_REFRESH_LIMIT'),
    '/transactions/sync': limit(50, 2500, 'TRANSACTIONS_SYNC_LIMIT'),
  },
  sandbox: {
    '/accounts/balance/get': limit(25, 100, 'BALANCE_LIMIT', 'ACCOUNTS_BALANCE_GET_LIMIT'),
    '/accounts/get': limit(100, 5000, 'ACCOUNTS_LIMIT'),
    '/institutions/get': limit(null, 10, 'INSTITUTIONS_GET_LIMIT'),
    '/institutions/get_by_id': limit(null, 400, 'INSTITUTIONS_GET_BY_ID_LIMIT'),
    '/item/get': limit(40, 5000, 'ITEM_GET_LIMIT'),
    '/item/remove': limit(100, 500, 'RATE_LIMIT'),
    '/transactions/refresh': limit(2, 100, 'TRANSACTIONS_REFRESH_LIMIT'),
    '/transactions/sync': limit(50, 1000, 'TRANSACTIONS_SYNC_LIMIT'),
  },
};

export interface RateLimits {
  /**
   * Counts a call of the last minute. The code to refuse it with, or null. A refused call does not
   * count; whether it does at Plaid is not documented.
   */
  count(
    environment: Environment,
    endpoint: string,
    itemId: string | null,
    now: number,
  ): PlaidErrorCode | null;
}

export function createRateLimits(): RateLimits {
  const calls = new Map<string, number[]>();

  const within = (key: string, most: number, now: number): boolean => {
    const recent = (calls.get(key) ?? []).filter((at) => at > now - MINUTE);
    calls.set(key, recent);
    return recent.length < most;
  };

  return {
    count(environment, endpoint, itemId, now) {
      const known = LIMITS[environment][endpoint];
      if (known === undefined) return null;
      const ofItem = `${endpoint} ${itemId}`;
      if (itemId !== null && known.perItem !== null && !within(ofItem, known.perItem, now)) {
        return known.itemCode;
      }
      if (!within(endpoint, known.perClient, now)) return known.clientCode;
      for (const key of itemId === null ? [endpoint] : [endpoint, ofItem]) {
        calls.set(key, [...(calls.get(key) ?? []), now]);
      }
      return null;
    },
  };
}
