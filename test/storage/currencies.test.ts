import { expect, it } from 'vitest';
import { checkTransactions } from '../../activities/syncs/check-transactions.ts';
import type { ProviderTransaction } from '../../providers/provider.ts';

const inCurrency = (currency: string): ProviderTransaction => ({
  providerTransactionId: 'of-a-test',
  status: 'posted',
  amount: '1.00',
  currency,
  description: null,
  counterparty: null,
  category: null,
  transactedAt: '2026-01-05T00:00:00.000Z',
  bookedAt: null,
  valueDate: null,
  runningBalance: null,
  pendingProviderTransactionId: null,
  providerUpdatedAt: null,
  raw: '{}',
});

it.each(['NGN', 'USD', 'UYW', 'XXX'])('%s is taken: XXX is for none that ISO knows', (currency) => {
  const { sound, rejected } = checkTransactions([inCurrency(currency)]);
  expect(rejected).toEqual([]);
  expect(sound).toHaveLength(1);
});

it.each(['ZZZ', 'BTC', 'usd', ''])('%j is none of ISO 4217', (currency) => {
  expect(checkTransactions([inCurrency(currency)]).rejected).toMatchObject([
    { reason: 'unknown_currency' },
  ]);
});
