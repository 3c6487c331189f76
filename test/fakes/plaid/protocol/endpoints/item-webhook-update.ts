import type { ItemWebhookUpdateResponse } from 'plaid';
import { z } from 'zod';
import { sendItemWebhook } from '../../webhooks/item-webhooks.ts';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';
import { itemOf } from '../item-of.ts';
import { itemShape } from '../shapes/item.ts';

/** Null takes the webhook away; a new one is told of itself. */
export const itemWebhookUpdate = endpoint(
  '/item/webhook/update',
  z.strictObject({ access_token: z.string(), webhook: z.url().nullish() }),
  (world, input): Wire<Omit<ItemWebhookUpdateResponse, 'request_id'>> => {
    const item = itemOf(world, input.access_token);
    const url = input.webhook ?? null;
    const changed = url !== item.webhook;
    item.webhook = url;
    if (changed && url !== null) {
      sendItemWebhook(world, item, { code: 'WEBHOOK_UPDATE_ACKNOWLEDGED', url });
    }
    return { item: itemShape(world, item) };
  },
);
