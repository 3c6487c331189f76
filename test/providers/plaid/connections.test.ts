import { describe, expect, it } from 'vitest';
import { InvalidLink } from '../../../providers/errors.ts';
import type { JsonValue, LinkStart, ProviderContext } from '../../../providers/provider.ts';
import { plaidFake } from '../../fakes/support.ts';
import { testContext } from '../context.ts';
import { answerJson } from '../wire.ts';
import { CONNECTION, errorOf, linkedBank, providerOf, scripted } from './bank.ts';

const START: LinkStart = {
  sessionId: 'session-1',
  customer: { id: 'customer-1', name: 'Ada Example', email: 'ada@example.com' },
  webhookUrl: 'https://freshet.example/webhooks/plaid',
  redirectUrl: 'https://app.example/done',
  options: null,
  connection: null,
};

const withTake = (take: ProviderContext['take']): ProviderContext => ({ ...testContext(), take });

describe('linking', () => {
  it('goes by Hosted Link from a page to a connection', async () => {
    const fake = await plaidFake();
    const provider = providerOf(fake.url);
    const login = fake.control.createLogin({ accounts: [{}, { type: 'credit' }] });
    const started = await provider.startLink?.(START, testContext());
    expect(started?.url).toMatch(/^https:/);
    const session = started?.providerSessionId ?? '';
    expect(await provider.readLink?.(session, testContext())).toEqual({ state: 'open', links: [] });

    const finished = fake.control.finishLink(session, { loginId: login.id });
    const progress = await provider.readLink?.(session, testContext());
    expect(progress).toEqual({
      state: 'finished',
      links: [{ public_token: finished.publicToken }],
    });
    const linked = await provider.link(progress?.links[0] ?? null, testContext());
    expect(linked).toMatchObject({
      providerConnectionId: finished.itemId,
      institutionId: 'ins_109508',
      institutionName: 'First Platypus Bank',
      consentExpiresAt: null,
    });
    expect(fake.control.item(finished.itemId).webhook).toBe(START.webhookUrl);
    const { accounts } = await provider.listAccounts(linked, testContext());
    expect(accounts.map(({ type }) => type)).toEqual(['checking', 'credit card']);
  });

  it('sends Plaid what it needs of the customer, and no more', async () => {
    const { wire, provider } = await scripted((response) =>
      answerJson(response, {
        link_token: 'link-sandbox-1',
        expiration: '2026-11-01T12:00:00Z',
        hosted_link_url: 'https://hosted.example/1',
      }),
    );
    const options = { country_codes: ['CA', 'US'], language: 'fr', days_requested: 90 };
    const started = await provider.startLink?.({ ...START, options }, testContext());
    expect(started?.expiresAt).toBe('2026-11-01T12:00:00.000Z');
    const [request] = wire.requests;
    expect(request?.headers).toMatchObject({
      'plaid-client-id': 'client-id-of-a-test',
      'plaid-secret': 'secret-of-a-test',
      'plaid-version': '2020-09-14',
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      client_name: 'Freshet',
      language: 'fr',
      country_codes: ['CA', 'US'],
      user: { client_user_id: 'customer-1' },
      hosted_link: { completion_redirect_uri: 'https://app.example/done' },
      products: ['transactions'],
      transactions: { days_requested: 90 },
      webhook: START.webhookUrl,
    });
  });

  it('repairs an Item in update mode', async () => {
    const { fake, provider, connection, itemId } = await linkedBank();
    fake.control.expireLogin(itemId);
    const refused = await errorOf(provider.listAccounts(connection, testContext()));
    expect(refused).toMatchObject({ kind: 'reauth', code: 'login_required' });
    const started = await provider.startLink?.({ ...START, connection }, testContext());
    const session = started?.providerSessionId ?? '';
    fake.control.finishLink(session, {});
    const progress = await provider.readLink?.(session, testContext());
    expect(progress).toEqual({ state: 'finished', links: [] });
    expect((await provider.listAccounts(connection, testContext())).accounts).toHaveLength(1);
  });

  it('tells of a customer who left', async () => {
    const fake = await plaidFake();
    const provider = providerOf(fake.url);
    const started = await provider.startLink?.(START, testContext());
    const session = started?.providerSessionId ?? '';
    fake.control.abandonLink(session);
    expect(await provider.readLink?.(session, testContext())).toEqual({
      state: 'exited',
      links: [],
    });
  });

  it.each([
    [null, 'link'],
    [['x'], 'link'],
    [{}, 'link.public_token'],
    [{ public_token: '' }, 'link.public_token'],
    [{ public_token: 7 }, 'link.public_token'],
    [{ public_token: 'public-sandbox-nobodys' }, 'link.public_token'],
    [{ access_token: 'with a space' }, 'link.access_token'],
    [{ access_token: 'access-sandbox-nobodys' }, 'link.access_token'],
    [{ public_token: 'a', access_token: 'b' }, 'link'],
    [{ token: 'a' }, 'link.token'],
  ] as const)('refuses %j, naming %s', async (input, field) => {
    const fake = await plaidFake();
    const error = await errorOf(providerOf(fake.url).link(input as JsonValue, testContext()));
    expect(error).toBeInstanceOf(InvalidLink);
    expect(error).toMatchObject({ field });
  });

  it.each([
    ['a word', 'options'],
    [{ colour: 'blue' }, 'options.colour'],
    [{ products: ['auth'] }, 'options.products'],
    [{ days_requested: 731 }, 'options.days_requested'],
    [{ country_codes: [] }, 'options.country_codes'],
  ] as const)('refuses the options %j, naming %s', async (options, field) => {
    const fake = await plaidFake();
    const start = { ...START, options: options as JsonValue };
    const error = await errorOf(
      Promise.resolve(providerOf(fake.url).startLink?.(start, testContext())),
    );
    expect(error).toMatchObject({ name: 'InvalidLink', field });
  });

  it('takes over an Item that the operator has already', async () => {
    const { provider, connection, itemId } = await linkedBank();
    const { access_token: accessToken } = connection.credentials as { access_token: string };
    const linked = await provider.link({ access_token: accessToken }, testContext());
    expect(linked).toMatchObject({ ...connection, institutionName: 'First Platypus Bank' });
    expect(linked.providerConnectionId).toBe(itemId);
  });

  it('keeps the access token when the Item cannot be read after the exchange', async () => {
    const fake = await plaidFake();
    const provider = providerOf(fake.url);
    const login = fake.control.createLogin();
    const started = await provider.startLink?.(START, testContext());
    const { publicToken, itemId } = fake.control.finishLink(started?.providerSessionId ?? '', {
      loginId: login.id,
    });
    fake.control.faults.add({ endpoint: '/item/get', fault: { kind: 'reset' } });
    const linked = await provider.link({ public_token: publicToken }, testContext());
    expect(linked).toMatchObject({ providerConnectionId: itemId, institutionId: null });
    expect((await provider.listAccounts(linked, testContext())).accounts).toHaveLength(1);
  });

  it("does not take a token of another environment to Plaid's host, nor end a connection for one", async () => {
    const provider = providerOf('unused', { baseUrl: undefined, environment: 'production' });
    const error = await errorOf(provider.link({ public_token: 'public-sandbox-1' }, testContext()));
    expect(error).toMatchObject({ name: 'InvalidLink', field: 'link.public_token' });
    expect(await errorOf(provider.listAccounts(CONNECTION, testContext()))).toMatchObject({
      kind: 'config',
      code: 'environment_wrong',
    });
  });
});

describe('accounts', () => {
  it('lists them, with how long the consent lasts', async () => {
    const { fake, provider, connection, itemId, accounts } = await linkedBank({
      accounts: [
        { name: 'Everyday', officialName: 'Everyday Gold' },
        { type: 'credit', currency: 'CAD' },
        { type: 'investment', subtype: 'crypto exchange', unofficialCurrency: 'BTC' },
      ],
    });
    const expiry = Date.now() + 86_400_000;
    fake.control.setConsentExpiry(itemId, expiry);
    const listed = await provider.listAccounts(connection, testContext());
    expect(listed.accounts).toEqual([
      {
        providerAccountId: accounts[0]?.providerAccountId,
        name: 'Everyday',
        number: null,
        type: 'checking',
        currency: 'USD',
      },
      expect.objectContaining({ type: 'credit card', currency: 'CAD' }),
      expect.objectContaining({ type: 'crypto exchange', currency: 'XXX' }),
    ]);
    expect(Date.parse(listed.consentExpiresAt ?? '')).toBeGreaterThan(Date.now());
  });

  it.each([
    ['ITEM_LOGIN_REQUIRED', 'reauth'],
    ['USER_PERMISSION_REVOKED', 'gone'],
  ] as const)('sees %s in the Item, where accounts are still given', async (code, kind) => {
    const { provider } = await scripted((response, { path }) =>
      answerJson(
        response,
        path === '/item/get'
          ? { item: { item_id: 'item-1', error: { error_type: 'ITEM_ERROR', error_code: code } } }
          : { accounts: [] },
      ),
    );
    const error = await errorOf(provider.listAccounts(CONNECTION, testContext()));
    expect(error).toMatchObject({ kind });
  });

  it("reads on while the Item's bank is down", async () => {
    const error = { error_type: 'INSTITUTION_ERROR', error_code: 'INSTITUTION_DOWN' };
    const { provider } = await scripted((response, { path }) =>
      answerJson(
        response,
        path === '/item/get' ? { item: { item_id: 'item-1', error } } : { accounts: [] },
      ),
    );
    const listed = await provider.listAccounts(CONNECTION, testContext());
    expect(listed).toEqual({ accounts: [], consentExpiresAt: null });
  });

  it('takes no answer without its list for one with none', async () => {
    const { provider } = await scripted((response) =>
      answerJson(response, { item: { item_id: 'item-1' } }),
    );
    const error = await errorOf(provider.listAccounts(CONNECTION, testContext()));
    expect(error).toMatchObject({ kind: 'bug', code: 'invalid_accounts' });
  });

  it('tells that the customer revoked the consent', async () => {
    const { fake, provider, connection, itemId } = await linkedBank();
    fake.control.revokePermission(itemId);
    const error = await errorOf(provider.listAccounts(connection, testContext()));
    expect(error).toMatchObject({ kind: 'gone', code: 'user_permission_revoked' });
  });
});

describe('unlinking', () => {
  it('removes the Item, and is content where it is gone', async () => {
    const { fake, provider, connection, itemId } = await linkedBank();
    await provider.unlink(connection, testContext());
    expect(fake.control.item(itemId).removed).toBe(true);
    await provider.unlink(connection, testContext());
    const stranger = { ...connection, credentials: { access_token: 'x', item_id: itemId } };
    await provider.unlink(stranger, testContext());
  });

  it('also removes one whose consent was revoked', async () => {
    const { fake, provider, connection, itemId } = await linkedBank();
    fake.control.revokePermission(itemId);
    await provider.unlink(connection, testContext());
    expect(fake.control.item(itemId).removed).toBe(true);
  });

  it.each(['INTERNAL_SERVER_ERROR', 'INVALID_API_KEYS', 'USER_PERMISSION_REVOKED'] as const)(
    'does not take %s for an end',
    async (code) => {
      const { fake, provider, connection } = await linkedBank();
      fake.control.faults.add({ endpoint: '/item/remove', fault: { kind: 'error', code } });
      expect(await errorOf(provider.unlink(connection, testContext()))).toMatchObject({
        name: 'ProviderError',
      });
    },
  );
});

describe('limits', () => {
  it('takes each call from the budgets of the Item and of the client', async () => {
    const { provider, connection, itemId } = await linkedBank();
    const taken: unknown[] = [];
    await provider.listAccounts(
      connection,
      withTake(async (budgets) => {
        taken.push(...budgets);
        return 0;
      }),
    );
    expect(taken).toEqual([
      { key: 'item/get client', perMinute: 5_000 },
      { key: `item/get item ${itemId}`, perMinute: 15 },
      { key: 'accounts/get client', perMinute: 5_000 },
      { key: `accounts/get item ${itemId}`, perMinute: 100 },
    ]);
  });

  it('waits out a short wait, and tells a long one', async () => {
    const { fake, provider, connection } = await linkedBank();
    const waits = [5, 0, 0];
    await provider.listAccounts(
      connection,
      withTake(async () => waits.shift() ?? 0),
    );
    expect(waits).toEqual([]);
    fake.control.clearCalls();
    const error = await errorOf(
      provider.listAccounts(
        connection,
        withTake(async () => 30_000),
      ),
    );
    expect(error).toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 30_000 });
    expect(fake.control.calls()).toEqual([]);
  });

  it('gives up on short waits that do not end', async () => {
    const { provider, connection } = await linkedBank();
    const error = await errorOf(
      provider.listAccounts(
        connection,
        withTake(async () => 2_600),
      ),
    );
    expect(error).toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 2_600 });
  });
});

describe('the check', () => {
  it('says that credentials work, without touching an Item', async () => {
    const { fake, provider } = await linkedBank();
    const checks = await provider.check?.(testContext());
    expect(checks?.every(({ ok }) => ok)).toBe(true);
    expect(fake.control.calls().map(({ itemId }) => itemId)).toEqual([null]);
  });

  it('says what is wrong with them', async () => {
    const fake = await plaidFake();
    const checks = await providerOf(fake.url, { secret: 'wrong' }).check?.(testContext());
    expect(checks).toEqual([{ ok: false, text: expect.stringContaining('client id and secret') }]);
  });

  it('says what costs money', async () => {
    const fake = await plaidFake();
    const provider = providerOf(fake.url, { realtimeBalance: 'asked' });
    const checks = await provider.check?.(testContext());
    expect(checks?.[1]?.text).toContain('real-time balances (asked)');
  });
});
