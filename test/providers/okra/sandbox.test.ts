import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOkraProvider } from '../../../providers/okra/provider.ts';
import type { JsonValue, TranslatedWebhook } from '../../../providers/provider.ts';
import { testContext } from '../context.ts';
import { startWire } from '../wire.ts';
import { errorOf, SECRET_KEY, WEBHOOK_TOKEN } from './bank.ts';
import {
  asTruth,
  comparable,
  linkCustomer,
  read,
  startSandbox,
  truthOf,
  type LinkedCustomer,
  type Sandbox,
} from './sandbox.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

async function linkOne(wish: object = {}) {
  const linked = await linkCustomer(sandbox, { accounts: 1, transactions: 5, ...wish });
  const [account] = linked.accounts;
  if (account === undefined) throw new Error('no account');
  return { linked, account };
}

interface Posted {
  readonly transactions: readonly { readonly id: string }[];
}

const post = (accountId: string, body: object): Promise<Posted> =>
  sandbox.control('POST', `accounts/${accountId}/transactions`, body);

/**
 * Runs `act` with a receiver for the customer's webhooks, and returns the first `count` of them.
 */
async function webhooksOf(
  { customerId }: LinkedCustomer,
  count: number,
  act: () => Promise<unknown>,
): Promise<TranslatedWebhook[]> {
  const received = Promise.withResolvers<void>();
  await using wire = await startWire((response) => {
    response.writeHead(200).end();
    if (wire.requests.length >= count) received.resolve();
  });
  const target = { url: `${wire.url}/hook`, token: WEBHOOK_TOKEN, customer: customerId };
  await sandbox.control('PUT', 'webhooks/target', target);
  await act();
  await received.promise;
  await sandbox.control('PUT', 'webhooks/target', { ...target, url: null });
  return Promise.all(
    wire.requests.map(async ({ headers, body }) => {
      const request = {
        headers: { authorization: headers.authorization },
        body: new TextEncoder().encode(body),
      };
      expect(await sandbox.provider.verifyWebhook(request)).toBe(true);
      return sandbox.provider.translateWebhook(request.body);
    }),
  );
}

describe('the okra connector at the sandbox bank', () => {
  it('links a customer, and lists the accounts of that bank alone', async () => {
    const first = await linkCustomer(sandbox, { accounts: 3 });
    await sandbox.control('POST', `customers/${first.customerId}/accounts`, {
      accounts: 2,
      bank: 'cowrie-trust',
    });
    expect(first.connection).toEqual({
      providerConnectionId: `${first.customerId}:${first.bankId}`,
      credentials: { customer: first.customerId, bank: first.bankId },
      institutionId: first.bankId,
      institutionName: 'Harmattan Bank',
      consentExpiresAt: null,
    });
    const { accounts: listed } = await sandbox.provider.listAccounts(
      first.connection,
      testContext(),
    );
    expect(listed.map((each) => each.providerAccountId).toSorted()).toEqual(
      first.accounts.map((each) => each.providerAccountId).toSorted(),
    );
    for (const each of listed) {
      expect(each.number).toMatch(/^\d{10}$/);
      expect(each).toMatchObject({ currency: 'NGN', name: expect.any(String) });
    }
  });

  it('does not take another bank’s extraction for its own', async () => {
    const { linked, account } = await linkOne();
    const { end } = await read(sandbox, account, { scope: 'full' });
    const path = `customers/${linked.customerId}/accounts`;
    await sandbox.control('POST', path, { transactions: 3, bank: 'cowrie-trust' });
    const query = { scope: 'incremental', cursor: end.cursor } as const;
    const next = await read(sandbox, account, query);
    expect(next.end.dataAsOf).toBe(end.dataAsOf);

    await sandbox.provider.unlink(linked.connection, testContext());
    const gone = await errorOf(read(sandbox, account, query));
    expect(gone).toMatchObject({ kind: 'gone', code: 'consent_withdrawn' });
  });

  it('refuses to link whom the bank does not know', async () => {
    const { linked } = await linkOne();
    const strangers: [JsonValue, string][] = [
      [{ customer: 'nobody', bank: linked.bankId }, 'link.customer'],
      [{ customer: '0'.repeat(24), bank: linked.bankId }, 'link.customer'],
      [{ customer: linked.customerId, bank: '0'.repeat(24) }, 'link.bank'],
    ];
    for (const [input, field] of strangers) {
      const error = await errorOf(sandbox.provider.link(input, testContext()));
      expect(error).toMatchObject({ name: 'InvalidLink', field });
    }
  });

  it('scans an account in full, equal to the truth', async () => {
    const { account } = await linkOne({ transactions: 180 });
    const { upserts, pages, end } = await read(sandbox, account, { scope: 'full' });
    expect(pages).toBe(4);
    expect(asTruth(upserts)).toEqual(comparable(await truthOf(sandbox, account)));
    expect(end).toMatchObject({
      cursor: { since: end.dataAsOf.slice(0, 10) },
      complete: { from: null, to: null },
    });
    expect(Math.abs(Date.now() - Date.parse(end.dataAsOf))).toBeLessThan(60_000);
    for (const { raw, providerTransactionId } of upserts) {
      expect(JSON.parse(raw)).toMatchObject({ _id: providerTransactionId });
    }
  });

  it('keeps amounts that no JavaScript number can hold', async () => {
    const { account } = await linkOne({ transactions: 0 });
    const amounts = ['12345678901234567.89', '-0.01', '-12345678901234567.80'];
    await post(account.providerAccountId, {
      transactions: amounts.map((amount) => ({ amount })),
    });
    const { upserts } = await read(sandbox, account, { scope: 'full' });
    expect(upserts.map((one) => one.amount).toSorted()).toEqual(amounts.toSorted());
    const [big] = upserts.filter((one) => one.amount === amounts[0]);
    expect(big?.raw).toContain('"credit":12345678901234567.89,');
  });

  it('reads on from its cursor what has changed, and nothing of other accounts', async () => {
    const linked = await linkCustomer(sandbox, { accounts: 2, transactions: 30, days: 60 });
    const [account, other] = linked.accounts;
    if (account === undefined || other === undefined) throw new Error('no accounts');
    const { end } = await read(sandbox, account, { scope: 'full' });
    const cursor = end.cursor;
    const posted = await post(account.providerAccountId, { amount: '-50.25' });
    await post(other.providerAccountId, { amount: '1.00' });

    const next = await read(sandbox, account, { scope: 'incremental', cursor });
    const ids = next.upserts.map((one) => one.providerTransactionId);
    expect(ids).toContain(posted.transactions[0]?.id);
    const { from, to } = next.end.complete ?? {};
    const window = comparable(await truthOf(sandbox, account)).filter(
      ({ trans_date: date }) =>
        date.slice(0, 10) >= (from ?? '') && date.slice(0, 10) <= (to ?? ''),
    );
    expect(asTruth(next.upserts)).toEqual(window);
    expect(window.length).toBeLessThan(31);
  });

  it('finds what the bank posts after its clock went ahead of ours', async () => {
    await using own = await startSandbox();
    const linked = await linkCustomer(own, { accounts: 1, transactions: 3 });
    const [account] = linked.accounts;
    if (account === undefined) throw new Error('no account');
    const { end } = await read(own, account, { scope: 'full' });
    await own.control('POST', 'clock', { advance_ms: 40 * 86_400_000 });
    const path = `accounts/${account.providerAccountId}/transactions`;
    const posted = await own.control<Posted>('POST', path, { amount: '7.00' });
    const next = await read(own, account, { scope: 'incremental', cursor: end.cursor });
    expect(next.upserts.map((one) => one.providerTransactionId)).toContain(
      posted.transactions[0]?.id,
    );
  });

  it('sees what is held back at the bank only after a refresh', async () => {
    const { account } = await linkOne();
    const { end } = await read(sandbox, account, { scope: 'full' });
    const query = { scope: 'incremental', cursor: end.cursor } as const;
    const path = account.providerAccountId;
    const posted = await post(path, { amount: '3.00', webhooks: 'withhold' });
    const id = posted.transactions[0]?.id;

    const before = await read(sandbox, account, query);
    expect(before.upserts.map((one) => one.providerTransactionId)).not.toContain(id);
    const after = await read(sandbox, account, query, { refresh: true });
    expect(after.upserts.map((one) => one.providerTransactionId)).toContain(id);
    expect(after.end.dataAsOf > before.end.dataAsOf).toBe(true);

    const truth = await truthOf(sandbox, account);
    const [stale, fresh] = [
      await sandbox.provider.fetchBalance(account, { refresh: false }, testContext()),
      await sandbox.provider.fetchBalance(account, { refresh: true }, testContext()),
    ];
    expect(stale.current).not.toBe(truth.balance.ledger);
    expect(fresh).toMatchObject({
      available: truth.balance.available,
      current: truth.balance.ledger,
    });
    expect(fresh.dataAsOf > stale.dataAsOf).toBe(true);
  });

  it('stores a complete webhook, and reads just the record of one that names it', async () => {
    const { linked, account } = await linkOne({ transactions: 40 });
    let posted: Posted | undefined;
    const [balance, changed] = await webhooksOf(linked, 2, async () => {
      posted = await post(account.providerAccountId, { amount: '-9.99', description: 'Suya' });
    });
    const truth = await truthOf(sandbox, account);
    const fetched = await sandbox.provider.fetchBalance(account, { refresh: false }, testContext());
    expect(balance).toMatchObject({
      type: 'BALANCE_SUCCESS',
      providerConnectionId: linked.connection.providerConnectionId,
      providerAccountId: account.providerAccountId,
      effects: [
        {
          kind: 'balance',
          balance: {
            available: truth.balance.available,
            current: truth.balance.ledger,
            dataAsOf: fetched.dataAsOf,
          },
        },
      ],
    });
    const [effect] = changed?.effects ?? [];
    if (effect?.kind !== 'changed' || effect.hint === null) throw new Error('no hint');
    await sandbox.control('DELETE', 'calls');
    const hinted = await read(sandbox, account, { scope: 'hint', hint: effect.hint });
    expect(hinted.upserts.map((one) => one.description)).toEqual(['Suya']);
    expect(hinted.upserts[0]?.providerTransactionId).toBe(posted?.transactions[0]?.id);
    expect(hinted.end).toMatchObject({ cursor: null, complete: null });
    const calls = await sandbox.control<{ by_endpoint: object }>(
      'GET',
      `calls?customer=${linked.customerId}`,
    );
    expect(calls.by_endpoint).toEqual({ 'transactions/byRecord': 1 });
  });

  it('follows a pending transaction that is posted under a new id', async () => {
    const { linked, account } = await linkOne();
    const { transactions } = await post(account.providerAccountId, {
      amount: '-12.00',
      pending: true,
    });
    const pendingId = transactions[0]?.id;
    const first = await read(sandbox, account, { scope: 'full' });
    const pending = first.upserts.find((one) => one.providerTransactionId === pendingId);
    expect(pending).toMatchObject({ status: 'pending', bookedAt: null });

    const webhooks = await webhooksOf(linked, 3, () =>
      sandbox.control('POST', `transactions/${pendingId}/post`, { mode: 'new_id' }),
    );
    const effects = webhooks.flatMap((webhook) => webhook.effects);
    expect(effects).toContainEqual({
      kind: 'transactions_removed',
      providerTransactionIds: [pendingId],
    });
    const query = { scope: 'incremental', cursor: first.end.cursor } as const;
    const { upserts } = await read(sandbox, account, query);
    expect(upserts.map((one) => one.providerTransactionId)).not.toContain(pendingId);
    const posted = upserts.find((one) => one.pendingProviderTransactionId === pendingId);
    expect(posted).toMatchObject({ status: 'posted', amount: '-12.00' });
  });

  it('begins again when the bank extracts between two pages', async () => {
    const { account } = await linkOne({ transactions: 120 });
    let moved = false;
    const between = async (): Promise<void> => {
      if (moved) return;
      moved = true;
      await post(account.providerAccountId, { amount: '1.00' });
    };
    const error = await errorOf(read(sandbox, account, { scope: 'full' }, { between }));
    expect(error).toMatchObject({ kind: 'restart', code: 'pagination_moved' });
    const { upserts } = await read(sandbox, account, { scope: 'full' }, { between });
    expect(asTruth(upserts)).toEqual(comparable(await truthOf(sandbox, account)));
  });

  it('asks for a new login when the bank does, and tells when it was given', async () => {
    const { linked, account } = await linkOne();
    const login = (state: string): Promise<unknown> =>
      sandbox.control('POST', `customers/${linked.customerId}/login`, { state });
    const expired = await webhooksOf(linked, 1, () => login('required'));
    expect(expired).toMatchObject([{ effects: [{ kind: 'reauth_required' }] }]);

    const refresh = sandbox.provider.fetchBalance(account, { refresh: true }, testContext());
    expect(await errorOf(refresh)).toMatchObject({ kind: 'reauth', code: 'login_required' });
    const full = { scope: 'full' } as const;
    const refreshed = read(sandbox, account, full, { refresh: true });
    expect(await errorOf(refreshed)).toMatchObject({ kind: 'reauth', code: 'login_required' });
    expect((await read(sandbox, account, full)).upserts).toHaveLength(5);

    const repeated = await webhooksOf(linked, 1, () => login('ok'));
    expect(repeated[0]?.effects).toEqual([{ kind: 'reauthorized' }]);
    await sandbox.provider.fetchBalance(account, { refresh: true }, testContext());
  });

  it.each([
    ['REAUTH', 'reauth', 'login_required'],
    ['BANK_DOWN', 'retry', 'bank_down'],
  ])('tells a refresh that fails at the bank with %s', async (errorType, kind, code) => {
    const { account } = await linkOne();
    await sandbox.control('POST', 'faults', {
      endpoint: 'balance/refresh',
      kind: 'refresh_fails',
      error_type: errorType,
      account: account.providerAccountId,
      times: 1,
    });
    const refresh = sandbox.provider.fetchBalance(account, { refresh: true }, testContext());
    expect(await errorOf(refresh)).toMatchObject({ kind, code });
  });

  it.each([
    [{ kind: '429', retry_after_s: 7 }, 'rate_limited', 7_000],
    [{ kind: '429', retry_after_s: null }, 'rate_limited', 60_000],
    [{ kind: '500' }, 'http_500', undefined],
    [{ kind: '503' }, 'http_503', undefined],
    [{ kind: 'drop' }, 'network_error', undefined],
    [{ kind: 'truncate', truncate: 'header' }, 'response_truncated', undefined],
    [{ kind: 'truncate', truncate: 'json' }, 'response_malformed', undefined],
    [{ kind: 'malformed' }, 'response_malformed', undefined],
  ])('passes through the fault %j', async (fault, code, retryAfterMs) => {
    const { account } = await linkOne();
    const once = { times: 1, account: account.providerAccountId };
    const broken = { endpoint: 'transactions/getByAccount', ...once, ...fault };
    await sandbox.control('POST', 'faults', broken);
    const full = { scope: 'full' } as const;
    expect(await errorOf(read(sandbox, account, full))).toMatchObject({
      kind: 'retry',
      code,
      retryAfterMs,
    });
    expect((await read(sandbox, account, full)).upserts).toHaveLength(5);
  });

  it('unlinks for good, twice without complaint', async () => {
    const { linked, account } = await linkOne();
    await sandbox.provider.unlink(linked.connection, testContext());
    await sandbox.provider.unlink(linked.connection, testContext());
    expect(await errorOf(read(sandbox, account, { scope: 'full' }))).toMatchObject({
      kind: 'gone',
      code: 'consent_withdrawn',
    });
    const balance = sandbox.provider.fetchBalance(account, { refresh: true }, testContext());
    expect(await errorOf(balance)).toMatchObject({ kind: 'gone', code: 'consent_withdrawn' });
    const { customerId: customer, bankId: bank } = linked;
    const again = sandbox.provider.link({ customer, bank }, testContext());
    expect(await errorOf(again)).toMatchObject({ name: 'InvalidLink', field: 'link.customer' });
  });

  it('tells an account that the bank does not know, and a key that it rejects', async () => {
    const { account } = await linkOne();
    const full = { scope: 'full' } as const;
    const unknown = { ...account, providerAccountId: '0'.repeat(24) };
    expect(await errorOf(read(sandbox, unknown, full))).toMatchObject({
      kind: 'gone',
      code: 'account_unknown',
    });
    const stranger = createOkraProvider({
      baseUrl: `${sandbox.url}/v2`,
      secretKey: 'another-key',
      webhookToken: WEBHOOK_TOKEN,
    });
    const balance = stranger.fetchBalance(account, { refresh: true }, testContext());
    expect(await errorOf(balance)).toMatchObject({
      kind: 'config',
      code: 'credentials_rejected',
    });
  });

  it('tells a base URL that leads nowhere', async () => {
    const { account } = await linkOne();
    const lost = createOkraProvider({
      baseUrl: sandbox.url,
      secretKey: SECRET_KEY,
      webhookToken: WEBHOOK_TOKEN,
    });
    const balance = lost.fetchBalance(account, { refresh: false }, testContext());
    expect(await errorOf(balance)).toMatchObject({ kind: 'config', code: 'endpoint_unknown' });
  });
});
