import { describe, expect, it } from 'vitest';
import type { ProviderContext } from '../../../providers/provider.ts';
import { testContext } from '../context.ts';
import { answerJson, type Answer } from '../wire.ts';
import { ACCOUNT, errorOf, linkedBank, scripted } from './bank.ts';

const CACHED = { refresh: false };
const REALTIME = { refresh: true };

function counting(): ProviderContext & { readonly calls: string[] } {
  const calls: string[] = [];
  return { ...testContext(), calls, paid: async ({ call }) => void calls.push(call) };
}

/** An Item, and one account with these balances as text. */
const bankWith =
  (balances: string, item: object = {}, status: object | null = null): Answer =>
  (response, { path }) =>
    answerJson(
      response,
      path === '/item/get'
        ? { item: { item_id: 'item-1', error: null, ...item }, status }
        : `{"accounts":[{"account_id":"account-1","balances":${balances}}],"request_id":"r"}`,
    );

describe('a cached balance', () => {
  it('is what Plaid last read, free of charge', async () => {
    const { fake, provider, accounts, itemId } = await linkedBank({
      accounts: [{}, { balances: { available: null, current: '-12.30', limit: '500.00' } }],
    });
    const [, account] = accounts;
    if (!account) throw new Error('there are two');
    const context = counting();
    const balance = await provider.fetchBalance(account, REALTIME, context);
    expect(balance).toMatchObject({
      providerAccountId: account.providerAccountId,
      available: null,
      current: '-12.30',
      limit: '500.00',
      currency: 'USD',
    });
    const updated = fake.control.item(itemId).lastSuccessfulUpdate;
    expect(Date.parse(balance.dataAsOf)).toBe(updated);
    expect(context.calls).toEqual([]);
    expect(fake.control.paidCalls()).toBe(0);
  });

  it('keeps digits and text as they came', async () => {
    const raw =
      '{ "available":1.10,"current":12345678901234567890.12, "limit":null,\n "iso_currency_code":"USD"}';
    const { provider } = await scripted(bankWith(raw));
    const balance = await provider.fetchBalance(ACCOUNT, CACHED, testContext());
    expect(balance).toMatchObject({ available: '1.10', current: '12345678901234567890.12', raw });
  });

  it.each([
    ['the account', { a: '2026-01-04T00:00:00Z' }, '2026-01-04T00:00:00.000Z'],
    ['the last update', {}, '2026-01-03T00:00:00.000Z'],
    ['the link', { withoutStatus: true }, '2026-01-02T00:00:00.000Z'],
  ] as const)(
    'is as of the time of %s',
    async (_, { a, withoutStatus }: { a?: string; withoutStatus?: boolean }, expected) => {
      const balances = JSON.stringify({
        current: 1,
        iso_currency_code: 'USD',
        ...(a === undefined ? {} : { last_updated_datetime: a }),
      });
      const status = { transactions: { last_successful_update: '2026-01-03T00:00:00Z' } };
      const { provider } = await scripted(
        bankWith(balances, { created_at: '2026-01-02T00:00:00Z' }, withoutStatus ? null : status),
      );
      const { dataAsOf } = await provider.fetchBalance(ACCOUNT, CACHED, testContext());
      expect(dataAsOf).toBe(expected);
    },
  );

  it('of which the bank tells nothing is a balance without amounts', async () => {
    const { provider } = await scripted(
      bankWith('{"available":null,"unofficial_currency_code":"X"}'),
    );
    expect(await provider.fetchBalance(ACCOUNT, CACHED, testContext())).toMatchObject({
      available: null,
      current: null,
      limit: null,
      currency: 'XXX',
    });
  });

  it.each([
    ['{"current":"much"}', 'bug', 'invalid_balance_current'],
    ['null', 'bug', 'invalid_account_balances'],
  ])('%s is refused', async (balances, kind, code) => {
    const { provider } = await scripted(bankWith(balances));
    const error = await errorOf(provider.fetchBalance(ACCOUNT, CACHED, testContext()));
    expect(error).toMatchObject({ kind, code });
  });

  it('of an account that was closed or revoked ends that account alone', async () => {
    const { fake, provider, accounts, itemId } = await linkedBank({ accounts: [{}, {}] });
    const [first, second] = accounts;
    if (!first || !second) throw new Error('there are two');
    fake.control.revokeAccount(itemId, first.providerAccountId);
    const error = await errorOf(provider.fetchBalance(first, CACHED, testContext()));
    expect(error).toMatchObject({ kind: 'gone', code: 'account_unknown' });
    await provider.fetchBalance(second, CACHED, testContext());
  });
});

describe('a real-time balance', () => {
  it('asks the bank where the operator opted in, and is counted', async () => {
    const { fake, provider, accounts } = await linkedBank({
      options: { realtimeBalance: 'asked' },
      prepare: ({ control }) => {
        control.settings.pulls = 'polled';
      },
    });
    const [account] = accounts;
    if (!account) throw new Error('there is one');
    fake.control.setBalances(account.bankAccountId, { current: '7.77' });
    const context = counting();
    expect(await provider.fetchBalance(account, CACHED, context)).toMatchObject({
      current: '110.00',
    });
    const before = Date.now();
    const balance = await provider.fetchBalance(account, REALTIME, context);
    expect(balance.current).toBe('7.77');
    expect(Date.parse(balance.dataAsOf)).toBeGreaterThanOrEqual(before);
    expect(context.calls).toEqual(['balance_get']);
    expect(fake.control.paidCalls()).toBe(1);
  });

  it('of a bank that is down is tried in hours, and costs nothing', async () => {
    const { fake, provider, accounts } = await linkedBank({
      options: { realtimeBalance: 'always' },
    });
    const [account] = accounts;
    if (!account) throw new Error('there is one');
    fake.control.institutionAnswers('ins_109508', 'INSTITUTION_NOT_RESPONDING');
    const context = counting();
    const error = await errorOf(provider.fetchBalance(account, REALTIME, context));
    expect(error).toMatchObject({ kind: 'retry', code: 'institution_not_responding' });
    expect(context.calls).toEqual([]);
  });

  it('has the time that Capital One asks for', async () => {
    const { provider, accounts } = await linkedBank({
      options: { realtimeBalance: 'asked' },
      institutionId: 'ins_128026',
      accounts: [{ type: 'credit' }],
    });
    const [account] = accounts;
    if (!account) throw new Error('there is one');
    const balance = await provider.fetchBalance(account, REALTIME, testContext());
    expect(balance.current).toBe('110.00');
  });

  it.each(['LAST_UPDATED_DATETIME_OUT_OF_RANGE', 'PRODUCTS_NOT_SUPPORTED'] as const)(
    'that there can be none of (%s) is the cached one, free of charge',
    async (code) => {
      const { fake, provider, accounts } = await linkedBank({
        options: { realtimeBalance: 'always' },
      });
      const [account] = accounts;
      if (!account) throw new Error('there is one');
      const cached = await provider.fetchBalance(account, CACHED, testContext());
      fake.control.faults.add({
        endpoint: '/accounts/balance/get',
        fault: { kind: 'error', code },
      });
      const context = counting();
      expect(await provider.fetchBalance(account, REALTIME, context)).toEqual(cached);
      expect(context.calls).toEqual([]);
    },
  );
});
