import type { Provider } from '../provider.ts';
import { unmetered } from '../unmetered.ts';
import { listAccounts } from './accounts.ts';
import { createPlaidApi } from './api.ts';
import { readCachedBalance, readNewestBalance } from './balance.ts';
import { capabilitiesOf } from './capabilities.ts';
import { check } from './check.ts';
import { itemOf } from './credentials.ts';
import { link } from './link.ts';
import { createRecentItems } from './recent-items.ts';
import { readLink } from './read-link.ts';
import type { PlaidSettings } from './settings.ts';
import { startLink } from './start-link.ts';
import { fetchTransactions } from './transactions.ts';
import { unlink } from './unlink.ts';
import { createWebhookKeys } from './webhook-keys.ts';
import { isFromPlaid } from './webhook-signature.ts';
import { readToken } from './webhook-token.ts';
import { translateWebhook } from './webhooks.ts';

/** Plaid waits ten seconds for an answer to a webhook. */
const KEY_TIMEOUT_MS = 5_000;

/** Speaks to Plaid. `now` is the clock that webhooks are judged by, in milliseconds since 1970. */
export function createPlaidProvider(
  settings: PlaidSettings,
  now: () => number = Date.now,
): Provider {
  const api = createPlaidApi(settings);
  const items = createRecentItems(api);
  const keyApi = createPlaidApi({ ...settings, requestTimeoutMs: KEY_TIMEOUT_MS });
  const keys = createWebhookKeys({
    now,
    async lookUp(kid) {
      const call = { path: 'webhook_verification_key/get', body: { key_id: kid }, itemId: null };
      // Many may wait for it: it ends by its timeout.
      return (await keyApi.post(call, unmetered(new AbortController().signal))).fields['key'];
    },
  });
  return {
    name: 'plaid',
    capabilities: capabilitiesOf(settings),
    link: (input, context) => link(api, settings, input, context),
    startLink: (start, context) => startLink(api, settings, start, context),
    readLink: (linkToken, context) => readLink(api, linkToken, context),
    listAccounts: async (connection, context) =>
      await listAccounts(api, items, itemOf(settings, connection), context),
    async fetchBalance(account, { refresh }, context) {
      const item = itemOf(settings, account);
      const isRealtime = refresh && settings.realtimeBalance !== 'never';
      const readBalance = isRealtime ? readNewestBalance : readCachedBalance;
      return await readBalance(api, items, item, account.providerAccountId, context);
    },
    async *fetchTransactions(account, query, { refresh }, context) {
      const item = itemOf(settings, account);
      const options = { refresh: refresh && settings.transactionsRefresh !== 'never' };
      const { providerAccountId } = account;
      return yield* fetchTransactions(
        api,
        items,
        settings,
        item,
        providerAccountId,
        query,
        options,
        context,
      );
    },
    unlink: async (connection, context) => await unlink(api, itemOf(settings, connection), context),
    isRefusedByHeaders: (headers) => readToken(headers) === null,
    verifyWebhook: (request) => isFromPlaid(request, { keys, now }),
    translateWebhook,
    check: (context) => check(api, settings, context),
  };
}
