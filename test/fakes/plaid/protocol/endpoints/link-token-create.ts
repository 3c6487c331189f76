import type { LinkTokenCreateResponse } from 'plaid';
import { iso } from '../../clock.ts';
import type { z } from 'zod';
import { createLinkToken } from '../../link/create-link-token.ts';
import type { Wire } from '../../wire.ts';
import type { World } from '../../world.ts';
import { endpoint } from '../endpoint.ts';
import { itemOf } from '../item-of.ts';
import { invalidField } from '../read-input.ts';
import { linkTokenInput } from './link-token-input.ts';

const DEFAULT_DAYS = 90;
const LEAST_DAYS_IN_PRODUCTION = 30;

export const linkTokenCreate = endpoint(
  '/link/token/create',
  linkTokenInput,
  (world, input): Wire<Omit<LinkTokenCreateResponse, 'request_id'>> => {
    const updated = input.access_token == null ? null : itemOf(world, input.access_token);
    const products = input.products ?? [];
    if (input.user === undefined && input.user_id === undefined) {
      throw invalidField('user', 'user.client_user_id or user_id is required');
    }
    if (updated === null && products.length === 0) {
      throw invalidField('products', 'at least one product is required');
    }
    const link = createLinkToken(world, {
      clientName: input.client_name,
      language: input.language,
      countryCodes: input.country_codes,
      products,
      webhook: input.webhook ?? null,
      redirectUri: input.redirect_uri ?? null,
      userId: input.user_id ?? null,
      daysRequested: daysOf(world, input),
      hosted: input.hosted_link !== undefined,
      lifetimeSeconds: input.hosted_link?.url_lifetime_seconds ?? null,
      updates:
        updated === null
          ? null
          : {
              itemId: updated.id,
              accountSelection: input.update?.account_selection_enabled === true,
            },
    });
    return {
      link_token: link.token,
      expiration: iso(link.expiresAt),
      ...(link.hostedUrl !== null && { hosted_link_url: link.hostedUrl }),
      ...(link.userId !== null && { user_id: link.userId }),
    };
  },
);

/** "In Production, if a value under 30 is provided, a minimum of 30 days … will be requested." */
function daysOf(world: World, input: z.infer<typeof linkTokenInput>): number {
  const days = input.transactions?.days_requested ?? DEFAULT_DAYS;
  return world.environment === 'production' ? Math.max(days, LEAST_DAYS_IN_PRODUCTION) : days;
}
