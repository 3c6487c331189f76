import {
  Products,
  SandboxItemFireWebhookRequestWebhookCodeEnum as FirableCode,
  WebhookType,
  type SandboxItemFireWebhookResponse,
  type SandboxItemResetLoginResponse,
  type SandboxPublicTokenCreateResponse,
} from 'plaid';
import { z } from 'zod';
import { openAccount } from '../../bank/open-account.ts';
import { createLogin } from '../../bank/create-login.ts';
import { ApiError } from '../../errors/api-error.ts';
import { createItem } from '../../items/create-item.ts';
import { createPublicToken } from '../../link/create-public-token.ts';
import { fireWebhook } from '../../webhooks/fire-webhook.ts';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';
import { itemOf } from '../item-of.ts';

const DEFAULT_DAYS = 90;

/** An item without Link, at a customer's login of its own: two accounts, as a `user_good` has. */
export const sandboxPublicTokenCreate = endpoint(
  '/sandbox/public_token/create',
  z.strictObject({
    institution_id: z.string(),
    initial_products: z.array(z.enum(Products)).min(1),
    options: z
      .looseObject({
        webhook: z.url().optional(),
        transactions: z
          .looseObject({ days_requested: z.int().min(1).max(730).optional() })
          .nullish(),
      })
      .optional(),
    user_token: z.string().optional(),
    user_id: z.string().optional(),
  }),
  (world, input, call): Wire<Omit<SandboxPublicTokenCreateResponse, 'request_id'>> => {
    if (!world.institutions.has(input.institution_id)) throw new ApiError('INVALID_INSTITUTION');
    const login = createLogin(world, input.institution_id);
    for (const subtype of ['checking', 'savings'] as const) {
      openAccount(world, login, { subtype, name: `Plaid ${subtype}` });
    }
    const item = createItem(world, {
      login,
      accounts: login.accounts,
      products: input.initial_products,
      webhook: input.options?.webhook ?? null,
      daysRequested: input.options?.transactions?.days_requested ?? DEFAULT_DAYS,
    });
    call.itemId = item.id;
    return { public_token: createPublicToken(world, item) };
  },
  { sandboxOnly: true },
);

export const sandboxItemFireWebhook = endpoint(
  '/sandbox/item/fire_webhook',
  z.strictObject({
    access_token: z.string(),
    webhook_type: z.enum(WebhookType).optional(),
    webhook_code: z.enum(FirableCode),
  }),
  (world, input): Wire<Omit<SandboxItemFireWebhookResponse, 'request_id'>> => {
    const item = itemOf(world, input.access_token);
    if (item.webhook === null) throw new ApiError('SANDBOX_WEBHOOK_INVALID');
    if (!fireWebhook(world, item, input.webhook_code)) {
      throw new ApiError('SANDBOX_PRODUCT_NOT_ENABLED');
    }
    return { webhook_fired: true };
  },
  { sandboxOnly: true },
);

/** Whether it is also told by an ITEM/ERROR webhook is not documented; here it is not. */
export const sandboxItemResetLogin = endpoint(
  '/sandbox/item/reset_login',
  z.strictObject({ access_token: z.string() }),
  (world, input): Wire<Omit<SandboxItemResetLoginResponse, 'request_id'>> => {
    itemOf(world, input.access_token).error = { code: 'ITEM_LOGIN_REQUIRED', reason: null };
    return { reset_login: true };
  },
  { sandboxOnly: true },
);
