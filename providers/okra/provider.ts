import { ProviderError } from '../errors.ts';
import type { Capabilities, Provider } from '../provider.ts';
import { readAccounts } from './accounts.ts';
import { createOkraApi } from './api.ts';
import { fetchBalance } from './balance.ts';
import { readOkraConfig, type OkraConfig } from './config.ts';
import { connectionOf } from './connection.ts';
import { link } from './link.ts';
import { fetchTransactions } from './transactions.ts';
import { tokenCheck } from './webhook-token.ts';
import { translateWebhook } from './webhooks.ts';

/**
 * From the protocol's documentation: a refresh of a balance is worth a call once a minute, and no
 * other limit is stated.
 */
const CAPABILITIES: Capabilities = {
  webhooks: { balance: 'complete', transaction: 'ids' },
  transactions: 'window',
  refreshOnDemand: { balance: 'always', transaction: 'always' },
  smallestIntervalMs: 60_000,
  callsPerDay: null,
  longestWindowDays: null,
  consentExpires: false,
  tellsConsent: false,
  hostedLink: false,
};

/**
 * Speaks Okra's v2 protocol to `baseUrl`. Okra itself closed in May 2025: what answers today is the
 * sandbox bank, or a service that speaks the same protocol. Throws when an option is wrong.
 */
export function createOkraProvider(config: OkraConfig): Provider {
  const settings = readOkraConfig(config);
  const api = createOkraApi(settings);
  const carriesToken = tokenCheck(settings.webhookToken);
  return {
    name: 'okra',
    capabilities: CAPABILITIES,
    link: (input, context) => link(api, settings.pageSize, input, context),
    async listAccounts(connection, context) {
      const found = await readAccounts(api, settings.pageSize, connectionOf(connection), context);
      return { accounts: found.accounts };
    },
    fetchBalance: (account, options, context) =>
      fetchBalance(api, settings, account, options, context),
    fetchTransactions: (account, query, options, context) =>
      fetchTransactions(api, settings, account, query, options, context),
    async unlink(connection, context) {
      const { customer, bank } = connectionOf(connection);
      try {
        await api.post('customers/disconnect', { customer, bank }, context);
      } catch (error) {
        if (!(error instanceof ProviderError && error.kind === 'gone')) throw error;
      }
    },
    isRefusedByHeaders: (headers) => !carriesToken(headers),
    verifyWebhook: async ({ headers }) => carriesToken(headers),
    translateWebhook,
  };
}
