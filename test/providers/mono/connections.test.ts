import { afterAll, beforeAll, expect, it } from 'vitest';
import { InvalidLink, ProviderError } from '../../../providers/errors.ts';
import { testContext } from '../context.ts';
import { errorOf, linkOne, readAll, start, startBank, type Bank } from './bank.ts';

let bank: Bank;

beforeAll(async () => {
  bank = await startBank();
});

afterAll(async () => {
  await bank[Symbol.asyncDispose]();
});

it('links the account of a code, and reads it', async () => {
  const wish = {
    currency: 'GHS',
    openingBalance: 100,
    transactions: [{ amount: 12_345, type: 'credit' }],
  } as const;
  const { connection, ref, id, account } = await linkOne(bank, wish);
  expect(connection).toEqual({
    providerConnectionId: id,
    credentials: {},
    institutionId: '300',
    institutionName: 'Volta Bank',
    consentExpiresAt: null,
  });
  expect(await bank.provider.listAccounts(connection, testContext())).toEqual({
    accounts: [
      {
        providerAccountId: id,
        name: account.name,
        number: account.number,
        type: 'SAVINGS_ACCOUNT',
        currency: 'GHS',
      },
    ],
  });
  const balance = await bank.provider.fetchBalance(ref, { refresh: false }, testContext());
  expect(balance).toMatchObject({ current: '124.45', available: null, currency: 'GHS' });
  const { upserts, end } = await readAll(bank.provider, ref);
  expect(upserts).toMatchObject([{ amount: '123.45', status: 'posted', runningBalance: '124.45' }]);
  expect(end.complete).toEqual({ from: null, to: null });
});

it.each(['data', 'bare'] as const)('finds the id of an exchange in %s', async (authId) => {
  bank.mono.control.settings.authId = authId;
  const { connection, id } = await linkOne(bank);
  expect(connection.providerConnectionId).toBe(id);
});

it('links an account that is linked at Mono already', async () => {
  const { id, connection } = await linkOne(bank);
  expect(await bank.provider.link({ account_id: id }, testContext())).toEqual(connection);
});

it.each(['bank_code', 'bankCode'] as const)('reads the institution by %s', async (key) => {
  bank.mono.control.settings.bankCodeKey = key;
  const { connection } = await linkOne(bank, { currency: 'KES' });
  expect(connection).toMatchObject({ institutionId: '01', institutionName: 'Savanna Bank' });
});

it.each([
  [{ code: 'code_nonsense' }, 'link.code'],
  [{ account_id: 'ffffffffffffffffffffffff' }, 'link.account_id'],
  [{}, 'link'],
  [{ code: 'a', account_id: 'b' }, 'link'],
  [{ code: 7 }, 'link'],
  ['code', 'link'],
])('refuses %j, naming %s', async (given, field) => {
  const error = await errorOf(bank.provider.link(given, testContext()));
  expect(error).toBeInstanceOf(InvalidLink);
  expect(error).toMatchObject({ field });
});

it('refuses a code that is used, or older than ten minutes', async () => {
  const { id } = await linkOne(bank);
  const code = bank.mono.control.codeFor(id);
  await bank.provider.link({ code }, testContext());
  const again = await errorOf(bank.provider.link({ code }, testContext()));
  expect(again).toMatchObject({ field: 'link.code' });
  const old = bank.mono.control.codeFor(id);
  bank.mono.control.clock.advance(10 * 60_000);
  const late = await errorOf(bank.provider.link({ code: old }, testContext()));
  expect(late).toMatchObject({ field: 'link.code' });
});

it.each([503, 403, 404, 400])(
  'keeps the account of a spent code where only its details cannot be read (%s)',
  async (status) => {
    const { id } = await linkOne(bank);
    const code = bank.mono.control.codeFor(id);
    bank.mono.control.faults.add('account', { kind: 'status', status });
    const linked = await bank.provider.link({ code }, testContext());
    expect(linked).toMatchObject({ providerConnectionId: id, institutionName: null });
  },
);

it('opens Mono’s page for a first link, with the session as its reference', async () => {
  const started = await start(bank.provider, 'session-of-a-test');
  expect(started.providerSessionId).toBe('session-of-a-test');
  expect(started.url).toMatch(/^https:\/\/link\.mono\.co\//);
  expect(bank.mono.calls.list('initiate').at(-1)?.body).toEqual({
    scope: 'auth',
    customer: { name: 'Ada Obi', email: 'ada@example.com' },
    meta: { ref: 'session-of-a-test' },
    redirect_url: 'https://app.example/linked',
  });
});

it('opens it for a customer whom Mono knows, and leads to where the caller says', async () => {
  await start(bank.provider, 'first');
  const { account } = await linkOne(bank);
  const customer = { id: 'ours', name: null, email: null };
  const options = { customer: account.customerId };
  const redirectUrl = 'https://elsewhere.example/';
  await start(bank.provider, 'second', { customer, options, redirectUrl });
  expect(bank.mono.calls.list('initiate').at(-1)?.body).toEqual({
    scope: 'auth',
    customer: { id: account.customerId },
    meta: { ref: 'second' },
    redirect_url: redirectUrl,
  });
});

it('opens it for a new log-in', async () => {
  const { connection, id } = await linkOne(bank);
  const customer = { id: 'ours', name: null, email: null };
  const { url } = await start(bank.provider, 'again', { connection, customer });
  expect(bank.mono.calls.list('initiate').at(-1)?.body).toEqual({
    scope: 'reauth',
    account: id,
    meta: { ref: 'again' },
    redirect_url: 'https://app.example/linked',
  });
  expect(bank.mono.control.finishReauth(url).id).toBe(id);
});

it.each([
  ['customer.name', { customer: { id: 'a', name: null, email: 'a@example.com' } }],
  ['customer.email', { customer: { id: 'a', name: 'Ada', email: null } }],
  ['options', { options: { institution: 'x' } }],
])('opens none without what Mono takes, naming %s', async (field, more) => {
  const error = await errorOf(start(bank.provider, 'never', more));
  expect(error).toBeInstanceOf(InvalidLink);
  expect(error).toMatchObject({ field });
});

it('opens none without a redirect URL', async () => {
  const error = await errorOf(start(bank.with({ redirectUrl: undefined }), 'never'));
  expect(error).toMatchObject({ field: 'redirect_url' });
});

it('ends a consent, and finds it ended', async () => {
  const { connection, ref } = await linkOne(bank);
  await bank.provider.unlink(connection, testContext());
  await bank.provider.unlink(connection, testContext());
  const reads = [
    bank.provider.listAccounts(connection, testContext()),
    bank.provider.fetchBalance(ref, { refresh: false }, testContext()),
    readAll(bank.provider, ref),
    start(bank.provider, 'too-late', { connection }),
  ];
  for (const error of await Promise.all(reads.map(errorOf))) {
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ kind: 'gone', code: 'consent_ended' });
  }
});

it('checks the key without touching an account', async () => {
  const calls = bank.mono.calls.list().length;
  const [first] = (await bank.provider.check?.(testContext())) ?? [];
  expect(first).toEqual({ ok: true, text: 'Mono takes the test secret key' });
  const made = bank.mono.calls.list().slice(calls);
  expect(made.map(({ endpoint }) => endpoint)).toEqual(['institutions']);
  const wrong = bank.with({ secretKey: 'live_sk_wrong' });
  const error = await errorOf(wrong.check?.(testContext()) ?? Promise.resolve());
  expect(error).toMatchObject({ kind: 'config', code: 'credentials_rejected' });
});
