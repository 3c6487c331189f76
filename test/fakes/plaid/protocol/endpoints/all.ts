import type { Endpoint } from '../endpoint.ts';
import { accountsBalanceGet } from './accounts-balance-get.ts';
import { accountsGet } from './accounts-get.ts';
import { institutionsGet, institutionsGetById } from './institutions.ts';
import { itemGet } from './item-get.ts';
import { itemRemove } from './item-remove.ts';
import { itemWebhookUpdate } from './item-webhook-update.ts';
import { linkTokenCreate } from './link-token-create.ts';
import { linkTokenGet } from './link-token-get.ts';
import { publicTokenExchange } from './public-token-exchange.ts';
import {
  sandboxItemFireWebhook,
  sandboxItemResetLogin,
  sandboxPublicTokenCreate,
} from './sandbox.ts';
import { transactionsRefresh } from './transactions-refresh.ts';
import { transactionsSync } from './transactions-sync.ts';
import { webhookVerificationKeyGet } from './webhook-verification-key-get.ts';

export const ENDPOINTS: readonly Endpoint[] = [
  accountsBalanceGet,
  accountsGet,
  institutionsGet,
  institutionsGetById,
  itemGet,
  itemRemove,
  itemWebhookUpdate,
  linkTokenCreate,
  linkTokenGet,
  publicTokenExchange,
  sandboxItemFireWebhook,
  sandboxItemResetLogin,
  sandboxPublicTokenCreate,
  transactionsRefresh,
  transactionsSync,
  webhookVerificationKeyGet,
];
