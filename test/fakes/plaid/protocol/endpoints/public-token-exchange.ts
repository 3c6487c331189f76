import type { ItemPublicTokenExchangeResponse } from 'plaid';
import { z } from 'zod';
import { ApiError } from '../../errors/api-error.ts';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';

/** Once, within thirty minutes. */
export const publicTokenExchange = endpoint(
  '/item/public_token/exchange',
  z.strictObject({ public_token: z.string() }),
  (world, input, call): Wire<Omit<ItemPublicTokenExchangeResponse, 'request_id'>> => {
    const known = world.publicTokens.get(input.public_token);
    if (known === undefined || known.used || known.expiresAt <= world.clock.now()) {
      throw new ApiError('INVALID_PUBLIC_TOKEN');
    }
    const item = world.items.get(known.itemId);
    if (item === undefined) throw new ApiError('INVALID_PUBLIC_TOKEN');
    known.used = true;
    call.itemId = item.id;
    return { access_token: item.accessToken, item_id: item.id };
  },
);
