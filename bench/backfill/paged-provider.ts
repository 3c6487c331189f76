import type {
  CallContext,
  Provider,
  TransactionsEnd,
  TransactionsPage,
} from '../../providers/provider.ts';

export const PROVIDER = 'paged';

const refuse = (): never => {
  throw new Error('the benchmark reads transactions only');
};

/** A provider that has read its pages already: what is left to measure is ours. */
export function createPagedProvider(pages: readonly TransactionsPage[]): Provider {
  return {
    name: PROVIDER,
    capabilities: {
      webhooks: { balance: 'none', transaction: 'none' },
      transactions: 'cursor',
      refreshOnDemand: { balance: 'never', transaction: 'never' },
      smallestIntervalMs: null,
      callsPerDay: null,
      longestWindowDays: null,
      consentExpires: false,
      tellsConsent: false,
      hostedLink: false,
    },
    async *fetchTransactions(
      _account,
      _query,
      _options,
      context: CallContext,
    ): AsyncGenerator<TransactionsPage, TransactionsEnd, void> {
      for (const page of pages) {
        context.heartbeat();
        yield page;
      }
      return {
        cursor: { position: pages.length },
        complete: { from: null, to: null },
        dataAsOf: new Date().toISOString(),
      };
    },
    link: refuse,
    listAccounts: refuse,
    fetchBalance: refuse,
    unlink: refuse,
    verifyWebhook: refuse,
    translateWebhook: refuse,
  };
}
