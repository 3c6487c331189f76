import { ItemRemoveReasonCode } from 'plaid';
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { itemOf } from '../item-of.ts';

/** Ends the billing; the access token is of no use any more. A second time is ITEM_NOT_FOUND. */
export const itemRemove = endpoint(
  '/item/remove',
  z.strictObject({
    access_token: z.string(),
    reason_code: z.enum(ItemRemoveReasonCode).nullish(),
    reason_note: z.string().max(512).nullish(),
  }),
  (world, input) => {
    itemOf(world, input.access_token).removed = true;
    return {};
  },
);
