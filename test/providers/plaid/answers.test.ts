import { expect, it } from 'vitest';
import { testContext } from '../context.ts';
import { answerJson } from '../wire.ts';
import { ACCOUNT, CONNECTION, readAll, scripted } from './bank.ts';
import { ANSWERS } from './examples/answers.ts';

const ALL = { realtimeBalance: 'always', transactionsRefresh: 'always' } as const;

it('reads the documented answer of each endpoint that it calls', async () => {
  const { wire, provider } = await scripted(
    (response, { path }) => answerJson(response, ANSWERS[path] ?? {}, ANSWERS[path] ? 200 : 404),
    ALL,
  );
  const context = testContext();
  const started = await provider.startLink?.(
    {
      sessionId: 's',
      customer: { id: 'c', name: null, email: null },
      webhookUrl: null,
      redirectUrl: null,
      options: null,
      connection: null,
    },
    context,
  );
  expect(started).toEqual({
    url: 'https://secure.plaid.com/hl/1',
    providerSessionId: 'link-production-1',
    expiresAt: '2026-01-01T04:00:00.000Z',
  });
  expect(await provider.readLink?.('link-production-1', context)).toEqual({
    state: 'finished',
    links: [{ public_token: 'public-1' }],
  });
  expect(await provider.link({ public_token: 'public-1' }, context)).toEqual({
    providerConnectionId: 'item-1',
    credentials: { access_token: 'access-production-1', item_id: 'item-1' },
    institutionId: 'ins_1',
    institutionName: 'Example Bank',
    consentExpiresAt: '2026-12-01T00:00:00.000Z',
  });
  expect((await provider.listAccounts(CONNECTION, context)).accounts).toEqual([
    {
      providerAccountId: 'account-1',
      name: 'Everyday',
      number: null,
      type: 'checking',
      currency: 'USD',
    },
  ]);
  const cached = await provider.fetchBalance(ACCOUNT, { refresh: false }, context);
  expect(cached).toMatchObject({
    available: '100.5',
    current: '110',
    limit: null,
    dataAsOf: '2026-01-20T06:00:00.000Z',
  });
  await provider.fetchBalance(ACCOUNT, { refresh: true }, context);
  const read = await readAll(provider, ACCOUNT, { scope: 'full' }, { refresh: true });
  expect(read.rejected).toEqual([]);
  expect(read.removed).toEqual(['t-0']);
  expect(read.upserts).toMatchObject([
    {
      providerTransactionId: 't-1',
      status: 'posted',
      amount: '-72.1',
      currency: 'USD',
      description: 'SHOP 1 NY',
      counterparty: 'Shop',
      category: 'GENERAL_MERCHANDISE_SUPERSTORES',
      transactedAt: '2026-01-11T10:34:50.000Z',
      bookedAt: '2026-01-12T11:01:00.000Z',
      runningBalance: '1021.4',
      pendingProviderTransactionId: 't-0',
    },
  ]);
  await provider.unlink(CONNECTION, context);
  expect((await provider.check?.(context))?.[0]?.ok).toBe(true);
  expect(new Set(wire.requests.map(({ path }) => path))).toEqual(new Set(Object.keys(ANSWERS)));
});
