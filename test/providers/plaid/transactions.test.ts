import { describe, expect, it } from 'vitest';
import type { ProviderContext } from '../../../providers/provider.ts';
import { errorEnvelope } from '../../fakes/plaid/errors/api-error.ts';
import {
  withoutOptionalFields,
  withUnknownEnumValues,
  withUnknownFields,
} from '../../fakes/plaid/strange.ts';
import { testContext } from '../context.ts';
import { answerJson, type Answer } from '../wire.ts';
import { ACCOUNT, errorOf, linkedBank, readAll, scripted, type LinkedBank } from './bank.ts';

const EVERYTHING = { from: null, to: null };

async function oneAccount(
  asked: Parameters<typeof linkedBank>[0] = {},
): Promise<LinkedBank & { readonly account: LinkedBank['accounts'][number] }> {
  const bank = await linkedBank(asked);
  const [account] = bank.accounts;
  if (!account) throw new Error('there is one');
  return { ...bank, account };
}

const book = ({ fake }: LinkedBank, bankAccountId: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    fake.control.bookPosted(bankAccountId, { amount: `${index}.25`, name: `Shop ${index}` }),
  );

type Scripted = readonly [status: number, body: unknown];

/** An Item that is well, and a sync that answers with these, one after the other. */
const syncsOf =
  (...answers: readonly Scripted[]): Answer =>
  (response, { path }) => {
    if (path === '/item/get') {
      const status = { transactions: { last_successful_update: '2026-01-03T00:00:00Z' } };
      return answerJson(response, { item: { item_id: 'item-1', error: null }, status });
    }
    const [status, body] = answers[calls] ?? answers.at(-1) ?? [500, {}];
    calls += 1;
    return answerJson(response, body, status);
  };
let calls = 0;

const page = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  added: [],
  modified: [],
  removed: [],
  next_cursor: 'c-1',
  has_more: false,
  transactions_update_status: 'HISTORICAL_UPDATE_COMPLETE',
  ...change,
});

const ROW = {
  transaction_id: 't-1',
  account_id: 'account-1',
  amount: 12.5,
  iso_currency_code: 'USD',
  pending: false,
  date: '2026-01-05',
};

const daysAgo = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const counting = (take: ProviderContext['take'] = async () => 0) => {
  const paid: string[] = [];
  return {
    ...testContext(),
    take,
    paid: async ({ call }: { call: string }) => void paid.push(call),
    told: paid,
  };
};

async function scriptedSync(...answers: readonly Scripted[]) {
  calls = 0;
  return await scripted(syncsOf(...answers));
}

describe('a read of everything', () => {
  it('has the truth of its account, in pages of 500', async () => {
    const bank = await oneAccount({ accounts: [{}, {}] });
    const { fake, provider, account, accounts } = bank;
    fake.control.together(() => book(bank, account.bankAccountId, 1_100));
    book(bank, accounts[1]?.bankAccountId ?? '', 3);
    const read = await readAll(provider, account);
    expect(read.pages).toBe(3);
    expect(read.upserts).toHaveLength(1_100);
    expect(read.rejected).toEqual([]);
    const truth = fake.control.truth(account.providerAccountId);
    const byId = new Map(read.upserts.map((row) => [row.providerTransactionId, row]));
    for (const row of truth) expect(byId.has(row.transactionId)).toBe(true);
    expect(read.end).toMatchObject({ complete: EVERYTHING, preparing: false });
    expect(Date.parse(read.end.dataAsOf)).toBe(
      fake.control.item(account.providerConnectionId).lastSuccessfulUpdate,
    );
    const asked = fake.control.calls('/transactions/sync');
    expect(asked.map(({ count }) => count)).toEqual([500, 500, 500]);
    expect(new Set(asked.flatMap(({ accountIds }) => accountIds))).toEqual(
      new Set([account.providerAccountId]),
    );
  });

  it('turns the sign, keeps digits and text, and tells pending from posted', async () => {
    const raw =
      '{"transaction_id":"t-1", "account_id":"account-1","amount":1.10,"iso_currency_code":"USD",' +
      '"pending":true,"date":"2026-01-05","merchant_name":"Shop","name":"SHOP 1","x":[1.0]}';
    const posted =
      '{"transaction_id":"t-2","account_id":"account-1","amount":-2500.00,"iso_currency_code":null,' +
      '"unofficial_currency_code":"BTC","pending":false,"pending_transaction_id":"t-1",' +
      '"date":"2026-01-07","authorized_date":"2026-01-05","original_description":"SALARY",' +
      '"personal_finance_category":{"primary":"INCOME","detailed":"INCOME_WAGES"},' +
      '"counterparties":[{"name":"Work"}],"running_balance":10.0}';
    const { provider } = await scriptedSync([
      200,
      `{"added":[${raw}],"modified":[${posted}],"removed":[],"next_cursor":"c","has_more":false}`,
    ]);
    const { upserts } = await readAll(provider, ACCOUNT);
    expect(upserts).toEqual([
      {
        providerTransactionId: 't-1',
        status: 'pending',
        amount: '-1.10',
        currency: 'USD',
        description: 'SHOP 1',
        counterparty: 'Shop',
        category: null,
        transactedAt: '2026-01-05T00:00:00.000Z',
        bookedAt: null,
        valueDate: null,
        runningBalance: null,
        pendingProviderTransactionId: null,
        providerUpdatedAt: null,
        raw,
      },
      {
        providerTransactionId: 't-2',
        status: 'posted',
        amount: '2500.00',
        currency: 'XXX',
        description: 'SALARY',
        counterparty: 'Work',
        category: 'INCOME_WAGES',
        transactedAt: '2026-01-05T00:00:00.000Z',
        bookedAt: '2026-01-07T00:00:00.000Z',
        valueDate: null,
        runningBalance: '10.0',
        pendingProviderTransactionId: 't-1',
        providerUpdatedAt: null,
        raw: posted,
      },
    ]);
  });

  it.each([
    [{}, '2026-01-05T00:00:00.000Z', '2026-01-05T00:00:00.000Z'],
    [{ datetime: '2026-01-05T09:30:00Z' }, '2026-01-05T09:30:00.000Z', '2026-01-05T09:30:00.000Z'],
    [
      { authorized_date: '2026-01-03', datetime: 'soon' },
      '2026-01-03T00:00:00.000Z',
      '2026-01-05T00:00:00.000Z',
    ],
    [
      { authorized_date: '2026-01-03', authorized_datetime: '2026-01-03T23:00:00-05:00' },
      '2026-01-04T04:00:00.000Z',
      '2026-01-05T00:00:00.000Z',
    ],
  ])('takes the times %j', async (times, transactedAt, bookedAt) => {
    const { provider } = await scriptedSync([200, page({ added: [{ ...ROW, ...times }] })]);
    const { upserts } = await readAll(provider, ACCOUNT);
    expect(upserts[0]).toMatchObject({ transactedAt, bookedAt });
  });

  it.each([
    [{ amount: 'much' }, 'invalid_transaction_amount'],
    [{ amount: undefined }, 'invalid_transaction_amount'],
    [{ date: '2026-02-30' }, 'invalid_transaction_date'],
    [{ pending: 'no' }, 'invalid_transaction_pending'],
    [{ account_id: undefined }, 'invalid_transaction_account_id'],
    [{ transaction_id: '' }, 'invalid_transaction_transaction_id'],
  ])('sets a row with %j aside', async (change, reason) => {
    const odd = { ...ROW, ...change };
    const { provider } = await scriptedSync([
      200,
      page({ added: [odd, { ...ROW, transaction_id: 't-2' }] }),
    ]);
    const { upserts, rejected, end } = await readAll(provider, ACCOUNT);
    expect(upserts.map((row) => row.providerTransactionId)).toEqual(['t-2']);
    expect(rejected).toEqual([
      {
        providerId: odd.transaction_id === '' ? null : 't-1',
        reason,
        raw: JSON.stringify(odd),
      },
    ]);
    expect(end.cursor).not.toBeNull();
  });

  it('sets aside what lies too deep', async () => {
    const deep = JSON.parse('['.repeat(300) + ']'.repeat(300)) as unknown;
    const { provider } = await scriptedSync([200, page({ added: [{ ...ROW, deep }] })]);
    expect((await readAll(provider, ACCOUNT)).rejected).toMatchObject([{ reason: 'too_deep' }]);
  });

  it('leaves out rows of other accounts', async () => {
    const { provider } = await scriptedSync([
      200,
      page({
        added: [{ ...ROW, account_id: 'account-2' }],
        modified: [{ ...ROW, account_id: 'account-2', amount: 'odd' }],
        removed: [
          { transaction_id: 'r-1', account_id: 'account-2' },
          { transaction_id: 'r-2', account_id: 'account-1' },
          { transaction_id: 'r-3' },
        ],
      }),
    ]);
    const { upserts, rejected, removed } = await readAll(provider, ACCOUNT);
    expect([upserts, rejected, removed]).toEqual([[], [], ['r-2', 'r-3']]);
  });

  it.each([
    ['unknown fields', withUnknownFields],
    ['unknown enum values', withUnknownEnumValues],
    ['no optional fields', withoutOptionalFields],
  ])('bears %s', async (_, alter) => {
    const bank = await oneAccount();
    book(bank, bank.account.bankAccountId, 3);
    bank.fake.control.faults.add({
      endpoint: '*',
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'alter', alter },
    });
    const read = await readAll(bank.provider, bank.account);
    expect(read.upserts).toHaveLength(3);
    expect(read.end.cursor).not.toBeNull();
    await bank.provider.fetchBalance(bank.account, { refresh: false }, testContext());
    expect(
      (await bank.provider.listAccounts(bank.connection, testContext())).accounts,
    ).toHaveLength(1);
  });
});

describe('a read since a cursor', () => {
  it('has what was added, modified and removed since, and proves no absence', async () => {
    const bank = await oneAccount();
    const { fake, provider, account } = bank;
    const [first = '', second = ''] = book(bank, account.bankAccountId, 2);
    const pending = fake.control.bookPending(account.bankAccountId, { amount: '3.00' });
    const full = await readAll(provider, account);
    const gone = fake.control.transactionId(account.providerConnectionId, pending);
    const pendingRow = full.upserts.find(({ status }) => status === 'pending');
    expect(pendingRow?.providerTransactionId).toBe(gone);

    fake.control.postPending(pending, { amount: '3.50' });
    fake.control.modify(first, { name: 'Another shop' });
    const removedId = fake.control.transactionId(account.providerConnectionId, second);
    fake.control.remove(second);
    const cursor = full.end.cursor ?? '';
    const read = await readAll(provider, account, { scope: 'incremental', cursor });
    expect(new Set(read.removed)).toEqual(new Set([gone, removedId]));
    expect(read.upserts).toHaveLength(2);
    expect(read.upserts.find(({ amount }) => amount === '-3.50')).toMatchObject({
      status: 'posted',
      pendingProviderTransactionId: gone,
    });
    expect(read.end).toMatchObject({ complete: null, preparing: false });
  });

  it('begins again from the beginning where Plaid does not know the cursor', async () => {
    const bank = await oneAccount();
    const { fake, provider, account } = bank;
    book(bank, account.bankAccountId, 2);
    const cursor = { cursor: 'of-another-item' };
    const read = await readAll(provider, account, { scope: 'incremental', cursor });
    expect(read.upserts).toHaveLength(2);
    expect(read.end.complete).toEqual(EVERYTHING);
    expect(fake.control.calls('/transactions/sync').map(({ cursor }) => cursor)).toEqual([
      'of-another-item',
      null,
    ]);
  });

  it('begins again from the beginning where the cursor itself is said to have moved', async () => {
    const { provider, wire } = await scriptedSync(
      [400, errorEnvelope('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION')],
      [200, page({ added: [ROW] })],
    );
    const query = { scope: 'incremental', cursor: { cursor: 'c-0' } } as const;
    const read = await readAll(provider, ACCOUNT, query);
    expect(read.upserts).toHaveLength(1);
    expect(read.end).toMatchObject({ cursor: { cursor: 'c-1' }, complete: EVERYTHING });
    const syncs = wire.requests.filter(({ path }) => path === '/transactions/sync');
    expect(syncs.map(({ body }) => JSON.parse(body).cursor)).toEqual(['c-0', undefined]);
  });

  it.each([null, 'text', {}, { cursor: '' }])(
    'refuses %j for a cursor of its own',
    async (cursor) => {
      const { provider, account } = await oneAccount();
      const error = await errorOf(readAll(provider, account, { scope: 'incremental', cursor }));
      expect(error).toMatchObject({ kind: 'bug', code: 'cursor_malformed' });
    },
  );

  it('knows no hints', async () => {
    const { provider, account } = await oneAccount();
    const error = await errorOf(readAll(provider, account, { scope: 'hint', hint: {} }));
    expect(error).toMatchObject({ kind: 'bug', code: 'hint_malformed' });
  });
});

describe('a page that fails', () => {
  it('is not gone on from: the next read begins at the first cursor', async () => {
    const bank = await oneAccount();
    const { fake, provider, account } = bank;
    const before = await readAll(provider, account);
    fake.control.together(() => book(bank, account.bankAccountId, 1_200));
    const cursor = before.end.cursor ?? '';
    let moves = 2;
    fake.control.beforePage(({ page }) => {
      if (page !== 2 || moves === 0) return;
      moves -= 1;
      book(bank, account.bankAccountId, 1);
    });
    fake.control.clearCalls();
    const query = { scope: 'incremental', cursor } as const;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await errorOf(readAll(provider, account, query));
      expect(error).toMatchObject({ kind: 'restart', code: 'pagination_moved' });
    }
    const read = await readAll(provider, account, query);
    expect(read.upserts).toHaveLength(1_202);
    const cursors = fake.control.calls('/transactions/sync').map(({ cursor }) => cursor);
    const firsts = cursors.filter((one) => one === (cursor as { cursor: string }).cursor);
    expect(firsts).toHaveLength(3);
  });

  it.each([
    ['INSTITUTION_DOWN', 'retry', 'institution_down'],
    ['INTERNAL_SERVER_ERROR', 'retry', 'internal_server_error'],
    ['TRANSACTIONS_SYNC_LIMIT', 'retry', 'rate_limited'],
    ['ITEM_LOGIN_REQUIRED', 'reauth', 'login_required'],
    ['INVALID_FIELD', 'restart', 'pagination_moved'],
  ] as const)('with %s in the middle', async (code, kind, expected) => {
    const { provider } = await scriptedSync(
      [200, page({ added: [ROW], has_more: true })],
      [400, errorEnvelope(code)],
    );
    const error = await errorOf(readAll(provider, ACCOUNT));
    expect(error).toMatchObject({ kind, code: expected });
  });

  it.each([['added'], ['removed'], ['next_cursor'], ['has_more']])(
    'for want of %s is no empty page',
    async (field) => {
      const { provider } = await scriptedSync([200, page({ [field]: undefined })]);
      const error = await errorOf(readAll(provider, ACCOUNT));
      expect(error).toMatchObject({ kind: 'bug', code: `invalid_page_${field}` });
    },
  );
});

describe('while Plaid prepares', () => {
  it('goes from nothing over the last month to everything', async () => {
    const bank = await oneAccount({
      prepare: ({ control }) => {
        control.settings.preparation = 'held';
      },
    });
    const { fake, provider, account, itemId } = bank;
    fake.control.bookPosted(account.bankAccountId, { amount: '1.00', date: daysAgo(5) });
    fake.control.bookPosted(account.bankAccountId, { amount: '2.00', date: daysAgo(200) });

    const nothing = await readAll(provider, account);
    expect(nothing).toMatchObject({
      upserts: [],
      end: { cursor: null, complete: null, preparing: true },
    });
    fake.control.completeInitialUpdate(itemId);
    const initial = await readAll(provider, account);
    expect(initial.upserts).toHaveLength(1);
    expect(initial.end).toMatchObject({ complete: null, preparing: true });
    fake.control.completeHistoricalUpdate(itemId);
    const cursor = initial.end.cursor ?? '';
    const rest = await readAll(provider, account, { scope: 'incremental', cursor });
    expect(rest.upserts.map(({ amount }) => amount)).toEqual(['-2.00']);
    expect(rest.end).toMatchObject({ complete: null, preparing: false });
    const all = await readAll(provider, account);
    expect(all.upserts).toHaveLength(2);
    expect(all.end).toMatchObject({ complete: EVERYTHING, preparing: false });
  });

  it.each([
    [[200, page({ next_cursor: '' })]],
    [[200, page({ transactions_update_status: 'NOT_READY' })]],
    [[400, errorEnvelope('PRODUCT_NOT_READY')]],
  ] as const)('%j is nothing yet', async (answer) => {
    const { provider } = await scriptedSync(answer);
    const { end, pages } = await readAll(provider, ACCOUNT);
    expect(pages).toBe(0);
    expect(end).toMatchObject({ cursor: null, complete: null, preparing: true });
  });

  it.each(['TRANSACTIONS_UPDATE_STATUS_UNKNOWN', 'A_STATUS_OF_TOMORROW', undefined])(
    'the status %s proves nothing, and keeps nobody waiting',
    async (status) => {
      const { provider } = await scriptedSync([
        200,
        page({ added: [ROW], transactions_update_status: status }),
      ]);
      const { upserts, end } = await readAll(provider, ACCOUNT);
      expect(upserts).toHaveLength(1);
      expect(end).toMatchObject({ cursor: { cursor: 'c-1' }, complete: null, preparing: false });
    },
  );
});

describe('a refresh', () => {
  it('is asked for where the operator opted in, and is counted', async () => {
    const { fake, provider, account } = await oneAccount({
      options: { transactionsRefresh: 'asked' },
    });
    const context = counting();
    await readAll(provider, account, { scope: 'full' }, { refresh: false, context });
    expect(context.told).toEqual([]);
    await readAll(provider, account, { scope: 'full' }, { refresh: true, context });
    expect(context.told).toEqual(['transactions_refresh']);
    expect(fake.control.paidCalls()).toBe(1);
  });

  it.each(['NOT_READY', 'INITIAL_UPDATE_COMPLETE'])(
    'is not paid for while Plaid is at the bank anyway (%s)',
    async (status) => {
      calls = 0;
      const { provider, wire } = await scripted(
        syncsOf([200, page({ transactions_update_status: status })]),
        { transactionsRefresh: 'always' },
      );
      const context = counting();
      const { end } = await readAll(
        provider,
        ACCOUNT,
        { scope: 'full' },
        { refresh: true, context },
      );
      expect(end.preparing).toBe(true);
      expect(context.told).toEqual([]);
      expect(wire.requests.map(({ path }) => path)).not.toContain('/transactions/refresh');
    },
  );

  it('is never asked for without that', async () => {
    const { fake, provider, account } = await oneAccount();
    await readAll(provider, account, { scope: 'full' }, { refresh: true });
    expect(fake.control.calls('/transactions/refresh')).toEqual([]);
  });

  it('that an Item of cards at Capital One cannot have keeps nobody from its transactions', async () => {
    const bank = await oneAccount({
      options: { transactionsRefresh: 'always' },
      institutionId: 'ins_128026',
      accounts: [{ type: 'credit' }],
    });
    book(bank, bank.account.bankAccountId, 3);
    const context = counting();
    const query = { scope: 'full' } as const;
    const read = await readAll(bank.provider, bank.account, query, { refresh: true, context });
    expect(bank.fake.control.calls('/transactions/refresh')).toHaveLength(1);
    expect(read.upserts).toHaveLength(3);
    expect(context.told).toEqual([]);
  });

  it('of one account of an Item is one of all of them', async () => {
    const { fake, provider, account } = await oneAccount({
      options: { transactionsRefresh: 'always' },
    });
    const context = counting(async ([budget]) =>
      budget?.key.startsWith('refresh once') ? 40_000 : 0,
    );
    await readAll(provider, account, { scope: 'full' }, { refresh: true, context });
    expect(context.told).toEqual([]);
    expect(fake.control.paidCalls()).toBe(0);
  });
});

it('asks for a login where the Item needs one', async () => {
  const { fake, provider, account, itemId } = await oneAccount();
  fake.control.expireLogin(itemId, { reason: 'OAUTH_CONSENT_EXPIRED' });
  const error = await errorOf(readAll(provider, account));
  expect(error).toMatchObject({ kind: 'reauth', code: 'consent_expired' });
  fake.control.repairLogin(itemId);
  await readAll(provider, account);
});
