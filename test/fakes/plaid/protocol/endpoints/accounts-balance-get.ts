import type { AccountsGetResponse } from 'plaid';
import { z } from 'zod';
import { CAPITAL_ONE } from '../../bank/institutions.ts';
import { ApiError } from '../../errors/api-error.ts';
import { refreshCachedBalances } from '../../items/cached-balances.ts';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';
import { accountsOf, healthyItemOf, reachBank } from '../item-of.ts';
import { invalidField } from '../read-input.ts';
import { accountShape } from '../shapes/account.ts';
import { itemShape } from '../shapes/item.ts';

/**
 * Asks the bank, at a fee. That the cached balances are fresh thereafter is a guess. Capital One
 * answers other than depository accounts from a cache, and so needs an oldest acceptable time.
 */
export const accountsBalanceGet = endpoint(
  '/accounts/balance/get',
  z.strictObject({
    access_token: z.string(),
    options: z
      .strictObject({
        account_ids: z.array(z.string()).optional(),
        min_last_updated_datetime: z.iso.datetime({ offset: true }).optional(),
      })
      .optional(),
  }),
  (world, input): Wire<Omit<AccountsGetResponse, 'request_id'>> => {
    const item = healthyItemOf(world, input.access_token);
    const accounts = accountsOf(world, item, input.options?.account_ids);
    reachBank(world, item);
    const cachedByBank =
      item.institutionId === CAPITAL_ONE &&
      accounts.some(
        ({ bankAccountId }) => world.bankAccounts.get(bankAccountId)?.type !== 'depository',
      );
    if (cachedByBank) {
      const oldest = input.options?.min_last_updated_datetime;
      if (oldest === undefined) {
        throw invalidField('options.min_last_updated_datetime', 'is required for this institution');
      }
      if (accounts.some(({ cachedAt }) => cachedAt < Date.parse(oldest))) {
        throw new ApiError('LAST_UPDATED_DATETIME_OUT_OF_RANGE');
      }
    } else {
      refreshCachedBalances(world, item);
    }
    return {
      accounts: accounts.map((account) => accountShape(world, item, account)),
      item: itemShape(world, item),
    };
  },
);
