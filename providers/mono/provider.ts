import type { Provider } from '../provider.ts';
import { createMonoApi } from './api.ts';
import { readBalance } from './balance.ts';
import { capabilitiesOf } from './capabilities.ts';
import { check } from './check.ts';
import { readDetails } from './details.ts';
import { link } from './link.ts';
import { onceEach } from './once-each.ts';
import { askBank } from './real-time.ts';
import type { MonoSettings } from './settings.ts';
import { startLink } from './start-link.ts';
import { readTransactions } from './transactions.ts';
import { toAccount } from './transform/account.ts';
import { unlink } from './unlink.ts';
import { secretCheck } from './webhook-secret.ts';
import { translateWebhook } from './webhooks.ts';

/** Jobs of the last minutes: a session lasts five. */
const MOST_COUNTED_JOBS = 10_000;

/** Mono (mono.co): accounts at banks of Nigeria, Ghana, Kenya and South Africa, by its API of version 2. */
export function createMonoProvider(settings: MonoSettings): Provider {
  const api = createMonoApi(settings);
  const realTime = { api, settings, counted: onceEach(MOST_COUNTED_JOBS) };
  const carriesSecret = secretCheck(settings.webhookSecret);
  return {
    name: 'mono',
    capabilities: capabilitiesOf(settings),
    link: (input, context) => link(api, input, context),
    startLink: (start, context) => startLink(api, settings, start, context),
    async listAccounts({ providerConnectionId }, context) {
      const { account } = await readDetails(api, providerConnectionId, context);
      return { accounts: [toAccount(account)] };
    },
    async fetchBalance({ providerAccountId }, { refresh }, context) {
      if (refresh) await askBank(realTime, 'balance', providerAccountId, context);
      return await readBalance(api, providerAccountId, context);
    },
    async *fetchTransactions(account, query, { refresh }, context) {
      if (refresh) await askBank(realTime, 'transactions', account.providerAccountId, context);
      return yield* readTransactions(api, account, query, context);
    },
    unlink: (connection, context) => unlink(api, connection, context),
    isRefusedByHeaders: (headers) => !carriesSecret(headers),
    verifyWebhook: async ({ headers }) => carriesSecret(headers),
    translateWebhook,
    check: (context) => check(api, settings, context),
  };
}
