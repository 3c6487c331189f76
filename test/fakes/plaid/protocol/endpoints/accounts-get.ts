import type { AccountsGetResponse } from 'plaid';
import { z } from 'zod';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';
import { accountsOf, healthyItemOf } from '../item-of.ts';
import { accountShape } from '../shapes/account.ts';
import { itemShape } from '../shapes/item.ts';

/** Cached, and free of charge. */
export const accountsGet = endpoint(
  '/accounts/get',
  z.strictObject({
    access_token: z.string(),
    options: z.strictObject({ account_ids: z.array(z.string()).optional() }).optional(),
  }),
  (world, input): Wire<Omit<AccountsGetResponse, 'request_id'>> => {
    const item = healthyItemOf(world, input.access_token);
    const accounts = accountsOf(world, item, input.options?.account_ids);
    return {
      accounts: accounts.map((account) => accountShape(world, item, account)),
      item: itemShape(world, item),
    };
  },
);
