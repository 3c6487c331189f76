import type { ItemGetResponse } from 'plaid';
import { z } from 'zod';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';
import { itemOf } from '../item-of.ts';
import { itemStatusShape, itemWithConsentShape } from '../shapes/item.ts';

/** Answers of an item in error, too: it is where the error can be seen. */
export const itemGet = endpoint(
  '/item/get',
  z.strictObject({ access_token: z.string() }),
  (world, input): Wire<Omit<ItemGetResponse, 'request_id'>> => {
    const item = itemOf(world, input.access_token);
    return { item: itemWithConsentShape(world, item), status: itemStatusShape(item) };
  },
);
