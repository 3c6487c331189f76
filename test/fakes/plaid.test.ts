import { CountryCode, Products, SandboxItemFireWebhookRequestWebhookCodeEnum } from 'plaid';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { randomFrom } from '../support/random.ts';
import type { AccountToOpen } from './plaid/bank/open-account.ts';
import { PLAID_ERROR_CODES } from './plaid/errors/codes.ts';
import { statusOf } from './plaid/errors/api-error.ts';
import type { PlaidFake } from './plaid/fake.ts';
import {
  withoutOptionalFields,
  withUnknownEnumValues,
  withUnknownFields,
} from './plaid/strange.ts';
import {
  clientOf,
  LINK_REQUEST,
  plaidFake,
  refusal,
  syncAll,
  webhookEndpoint,
} from './plaid-support.ts';

/** Plaid's official client is the judge here: it knows nothing of the fake. */
describe('Link', () => {
  it('goes from a link token by Hosted Link to an access token, once', async () => {
    const endpoint = await webhookEndpoint();
    const fake = await plaidFake();
    const client = clientOf(fake);
    const login = fake.control.createLogin({ accounts: [{}, { type: 'credit' }] });
    const { data: link } = await client.linkTokenCreate({
      ...LINK_REQUEST,
      webhook: endpoint.url,
      hosted_link: {},
      transactions: { days_requested: 365 },
    });
    expect(link.hosted_link_url).toMatch(/^https:/);

    const finished = fake.control.finishLink(link.hosted_link_url ?? '', { loginId: login.id });
    await eventually(() =>
      endpoint.arrived.some(({ body }) => body['webhook_code'] === 'SESSION_FINISHED'),
    );
    const told = endpoint.arrived.find(({ body }) => body['webhook_code'] === 'ITEM_ADD_RESULT');
    expect(told?.body).toMatchObject({
      webhook_type: 'LINK',
      link_token: link.link_token,
      public_token: finished.publicToken,
      environment: 'sandbox',
    });
    const { data: got } = await client.linkTokenGet({ link_token: link.link_token });
    const [result] = got.link_sessions?.[0]?.results?.item_add_results ?? [];
    expect(result).toMatchObject({ public_token: finished.publicToken });
    expect(result?.accounts).toHaveLength(2);

    const publicToken = String(told?.body['public_token']);
    const { data: exchanged } = await client.itemPublicTokenExchange({ public_token: publicToken });
    expect(exchanged.item_id).toBe(finished.itemId);
    const again = await refusal(client.itemPublicTokenExchange({ public_token: publicToken }));
    expect(again).toMatchObject({ status: 400, error: { error_code: 'INVALID_PUBLIC_TOKEN' } });
    const { data: item } = await client.itemGet({ access_token: exchanged.access_token });
    expect(item.item).toMatchObject({ item_id: finished.itemId, error: null });
    expect(item.item.webhook).toBe(endpoint.url);
  });

  it('lets a public token expire after thirty minutes', async () => {
    const fake = await plaidFake();
    const client = clientOf(fake);
    const login = fake.control.createLogin();
    const { data: link } = await client.linkTokenCreate(LINK_REQUEST);
    const { publicToken } = fake.control.finishLink(link.link_token, { loginId: login.id });
    fake.control.clock.advance(30 * 60_000);
    const late = await refusal(client.itemPublicTokenExchange({ public_token: publicToken ?? '' }));
    expect(late.error.error_code).toBe('INVALID_PUBLIC_TOKEN');
  });

  it('tells of a session that the user left', async () => {
    const endpoint = await webhookEndpoint();
    const fake = await plaidFake();
    const { data: link } = await clientOf(fake).linkTokenCreate({
      ...LINK_REQUEST,
      webhook: endpoint.url,
      hosted_link: {},
    });
    fake.control.abandonLink(link.link_token);
    const finished = await eventually(() =>
      endpoint.arrived.find(({ body }) => body['webhook_code'] === 'SESSION_FINISHED'),
    );
    expect(finished.body).toMatchObject({ status: 'EXITED' });
    expect(finished.body).not.toHaveProperty('public_tokens');
  });

  it('repairs an item in update mode, without another public token', async () => {
    const endpoint = await webhookEndpoint();
    const { fake, client, accessToken, itemId } = await linked({ webhookUrl: endpoint.url });
    fake.control.expireLogin(itemId);
    const refused = await refusal(client.accountsGet({ access_token: accessToken }));
    expect(refused.error).toMatchObject({
      error_type: 'ITEM_ERROR',
      error_code: 'ITEM_LOGIN_REQUIRED',
    });
    const { data: broken } = await client.itemGet({ access_token: accessToken });
    expect(broken.item.error?.error_code).toBe('ITEM_LOGIN_REQUIRED');

    const { products: _, ...withoutProducts } = LINK_REQUEST;
    const { data: link } = await client.linkTokenCreate({
      ...withoutProducts,
      access_token: accessToken,
      webhook: endpoint.url,
      hosted_link: {},
    });
    const { publicToken } = fake.control.finishLink(link.link_token, { tellsLoginRepaired: true });
    expect(publicToken).toBeNull();
    await eventually(() => {
      const codes = endpoint.arrived.map(({ body }) => body['webhook_code']);
      return ['ERROR', 'LOGIN_REPAIRED', 'SESSION_FINISHED'].every((code) => codes.includes(code));
    });
    expect((await client.accountsGet({ access_token: accessToken })).data.accounts).toHaveLength(1);
  });

  it('refuses a link token without what it needs', async () => {
    const client = clientOf(await plaidFake());
    const without = async (field: keyof typeof LINK_REQUEST): Promise<string> => {
      const { [field]: _, ...rest } = LINK_REQUEST;
      const { error } = await refusal(client.linkTokenCreate(rest as typeof LINK_REQUEST));
      expect(error.error_type).toBe('INVALID_REQUEST');
      return error.error_code;
    };
    expect(await without('client_name')).toBe('MISSING_FIELDS');
    expect(await without('language')).toBe('MISSING_FIELDS');
    expect(await without('country_codes')).toBe('MISSING_FIELDS');
    expect(await without('user')).toBe('INVALID_FIELD');
    expect(await without('products')).toBe('INVALID_FIELD');
    const unknown = { ...LINK_REQUEST, colour: 'blue' };
    const { error } = await refusal(client.linkTokenCreate(unknown));
    expect(error.error_code).toBe('UNKNOWN_FIELDS');
  });
});

describe('credentials', () => {
  it('takes them from headers or body, and no others', async () => {
    const fake = await plaidFake();
    const wrong = await refusal(
      clientOf(fake, 'wrong').institutionsGet({
        count: 1,
        offset: 0,
        country_codes: [CountryCode.Us],
      }),
    );
    expect(wrong).toMatchObject({ status: 400, error: { error_code: 'INVALID_API_KEYS' } });
    const response = await fetch(`${fake.url}/institutions/get`, {
      method: 'POST',
      body: JSON.stringify({
        client_id: fake.clientId,
        secret: fake.secret,
        count: 2,
        offset: 1,
        country_codes: ['US'],
      }),
    });
    expect(await response.json()).toMatchObject({ total: 3, institutions: [{}, {}] });
  });

  it('refuses an unknown token, an unknown path, and a body that is no JSON', async () => {
    const fake = await plaidFake();
    const unknown = clientOf(fake).accountsGet({ access_token: 'access-sandbox-nobody' });
    expect((await refusal(unknown)).error.error_code).toBe('INVALID_ACCESS_TOKEN');
    const nowhere = await fetch(`${fake.url}/nowhere`, { method: 'POST', body: '{}' });
    expect(nowhere.status).toBe(404);
    const noJson = await fetch(`${fake.url}/item/get`, { method: 'POST', body: '{' });
    expect(await noJson.json()).toMatchObject({ error_code: 'INVALID_BODY' });
  });
});

describe('accounts', () => {
  it('has balances to the last digit, cached for free or fresh for a fee', async () => {
    const { fake, client, accessToken, itemId, accountId } = await linked({
      accounts: [
        { balances: { available: '12345678901234567.89', current: '0.10', limit: null } },
        { type: 'credit', unofficialCurrency: 'BTC' },
      ],
    });
    fake.control.settings.pulls = 'polled';
    fake.control.setBalances(accountId, { current: '7.00' });
    const { data: cached } = await client.accountsGet({ access_token: accessToken });
    expect(cached.accounts[0]).toMatchObject({
      account_id: accountId,
      type: 'depository',
      subtype: 'checking',
      balances: { current: 0.1, limit: null, iso_currency_code: 'USD' },
    });
    expect(cached.accounts[1]?.balances).toMatchObject({
      iso_currency_code: null,
      unofficial_currency_code: 'BTC',
    });
    const raw = await post(fake, '/accounts/get', { access_token: accessToken });
    expect(raw).toContain('"available":12345678901234567.89');
    expect(fake.control.paidCalls()).toBe(0);

    const { data: fresh } = await client.accountsBalanceGet({
      access_token: accessToken,
      options: { account_ids: [accountId] },
    });
    expect(fresh.accounts.map(({ balances }) => balances.current)).toEqual([7]);
    expect(fake.control.paidCalls()).toBe(1);
    expect(fake.control.calls('/accounts/balance/get')).toMatchObject([
      { itemId, accountIds: [accountId], status: 200 },
    ]);
  });

  it('wants to know from Capital One how old a balance may be', async () => {
    const fake = await plaidFake();
    const client = clientOf(fake);
    const login = fake.control.createLogin({
      institutionId: 'ins_128026',
      accounts: [{ type: 'credit' }],
    });
    const access_token = fake.control.linkItem({ loginId: login.id }).accessToken;
    const refused = await refusal(client.accountsBalanceGet({ access_token }));
    expect(refused.error.error_code).toBe('INVALID_FIELD');
    const since = (at: number): Promise<unknown> =>
      client.accountsBalanceGet({
        access_token,
        options: { min_last_updated_datetime: new Date(at).toISOString() },
      });
    const late = await refusal(since(Date.now() + 60_000));
    expect(late.error.error_code).toBe('LAST_UPDATED_DATETIME_OUT_OF_RANGE');
    await since(Date.now() - 60_000);
  });

  it('knows a closed account and a revoked one no more', async () => {
    const { fake, client, accessToken, itemId } = await linked({ accounts: [{}, {}, {}] });
    const ids = (await client.accountsGet({ access_token: accessToken })).data.accounts.map(
      ({ account_id }) => account_id,
    );
    const [first = '', second = '', third = ''] = ids;
    fake.control.closeAccount(first);
    fake.control.revokeAccount(itemId, second);
    const { data } = await client.accountsGet({ access_token: accessToken });
    expect(data.accounts.map(({ account_id }) => account_id)).toEqual([third]);
    for (const gone of [first, second]) {
      const refused = await refusal(syncAll(client, accessToken, { accountId: gone }));
      expect(refused.error.error_code).toBe('INVALID_ACCOUNT_ID');
    }
  });
});

describe('/transactions/sync', () => {
  it('gives pages, then what changed, and each account its own stream', async () => {
    const { fake, client, accessToken, accountId, bankAccountIds } = await linked({
      accounts: [{}, {}],
    });
    const { control } = fake;
    const ids = Array.from({ length: 7 }, (_, index) =>
      control.bookPosted(accountId, { amount: `${index + 1}.25`, name: `Shop ${index}` }),
    );
    const pending = control.bookPending(accountId, { amount: '3.10' });
    control.bookPosted(bankAccountIds[1] ?? '', { amount: '-900.00' });

    const first = await syncAll(client, accessToken, { accountId, count: 3 });
    expect(first.pages).toBe(3);
    expect(idsOf(first.added)).toEqual(trueIds(fake, accountId));
    const everything = await syncAll(client, accessToken);
    expect(everything.added).toHaveLength(9);

    const posted = control.postPending(pending, { amount: '3.15' });
    control.modify(ids[0] ?? '', { name: 'Shop, renamed' });
    control.remove(ids[1] ?? '');
    const fleeting = control.bookPending(accountId, { amount: '1.00' });
    control.remove(fleeting);
    const next = await syncAll(client, accessToken, { accountId, cursor: first.cursor });
    const item = control.items()[0]?.id ?? '';
    const of = (id: string): string => control.transactionId(item, id);
    expect(next.added).toMatchObject([
      { transaction_id: of(posted), pending_transaction_id: of(pending), amount: 3.15 },
    ]);
    expect(next.modified).toMatchObject([{ transaction_id: of(ids[0] ?? ''), amount: 1.25 }]);
    expect(next.removed.map(({ transaction_id }) => transaction_id)).toEqual([
      of(pending),
      of(ids[1] ?? ''),
    ]);
    const again = await syncAll(client, accessToken, { accountId, cursor: next.cursor });
    expect(again).toMatchObject({ added: [], modified: [], removed: [], cursor: next.cursor });
    // The first pagination's cursor is still good, and says the same.
    const replay = await syncAll(client, accessToken, { accountId, cursor: first.cursor });
    expect(replay.added).toEqual(next.added);
    const other = syncAll(client, accessToken, { cursor: next.cursor });
    expect((await refusal(other)).error.error_code).toBe('INVALID_FIELD');
  });

  it('starts from now with the cursor "now"', async () => {
    const { fake, client, accessToken, accountId } = await linked();
    fake.control.bookPosted(accountId, { amount: '1.00' });
    const now = await syncAll(client, accessToken, { cursor: 'now' });
    expect(now.added).toEqual([]);
    fake.control.bookPosted(accountId, { amount: '2.00' });
    const next = await syncAll(client, accessToken, { cursor: now.cursor });
    expect(next.added).toMatchObject([{ amount: 2 }]);
  });

  it('is not ready, then has thirty days, then all that was asked for', async () => {
    const endpoint = await webhookEndpoint();
    const fake = await plaidFake({ webhookUrl: endpoint.url });
    const client = clientOf(fake);
    fake.control.settings.preparation = 'held';
    const login = fake.control.createLogin();
    const [bankAccountId = ''] = login.accountIds;
    const daysAgo = (days: number): string =>
      new Date(fake.control.clock.now() - days * 86_400_000).toISOString().slice(0, 10);
    for (const days of [1, 29, 60, 400]) {
      fake.control.bookPosted(bankAccountId, { amount: '5.00', date: daysAgo(days) });
    }
    const { itemId, accessToken } = fake.control.linkItem({ loginId: login.id, daysRequested: 90 });
    const { data: early } = await client.transactionsSync({ access_token: accessToken });
    expect(early).toMatchObject({ transactions_update_status: 'NOT_READY', next_cursor: '' });

    fake.control.completeInitialUpdate(itemId);
    const initial = await syncAll(client, accessToken);
    expect(initial.added).toHaveLength(2);
    fake.control.completeHistoricalUpdate(itemId);
    const historical = await syncAll(client, accessToken, { cursor: initial.cursor });
    expect(historical.added).toHaveLength(1);
    await eventually(() => endpoint.arrived.length === 4);
    const updates = endpoint.arrived.filter(
      ({ body }) => body['webhook_code'] === 'SYNC_UPDATES_AVAILABLE',
    );
    expect(updates).toHaveLength(2);
  });

  const seed = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const title = `asks to begin again when data changes between two pages (FRESHET_TEST_SEED=${seed})`;
  it(`${title}: nothing is lost, doubled or revived`, async () => {
    const random = randomFrom(seed);
    const { fake, client, accessToken, accountId } = await linked();
    const { control } = fake;
    for (let n = 0; n < 12; n += 1) control.bookPosted(accountId, { amount: `${n}.01` });

    let changes = 0;
    control.beforePage(({ page }) => {
      if (page === 1 || changes >= 6 || random() < 0.5) return;
      changes += 1;
      const there = control.truth(accountId);
      const one = there[Math.floor(random() * there.length)]?.bankTransactionId ?? '';
      const kind = Math.floor(random() * 4);
      if (kind === 0) control.bookPending(accountId, { amount: '9.99' });
      else if (kind === 1) control.remove(one);
      else if (kind === 2) control.modify(one, { amount: '0.01' });
      else control.churn(one);
    });
    const mirror = new Map<string, number>();
    let cursor: string | undefined;
    let restarts = 0;
    for (let round = 0; round < 8; round += 1) {
      const options = { accountId, count: 4, ...(cursor !== undefined && { cursor }) };
      const synced = await syncAll(client, accessToken, options);
      for (const { transaction_id, amount } of [...synced.added, ...synced.modified]) {
        mirror.set(transaction_id, amount);
      }
      for (const { transaction_id } of synced.removed) mirror.delete(transaction_id);
      ({ cursor } = synced);
      restarts += synced.restarts;
      for (let n = 0; n < 6; n += 1) control.bookPosted(accountId, { amount: `${round}.5` });
    }
    const last = await syncAll(client, accessToken, { accountId, cursor: cursor ?? '' });
    for (const { transaction_id, amount } of last.added) mirror.set(transaction_id, amount);
    expect([...mirror.keys()].toSorted()).toEqual(trueIds(fake, accountId));
    expect(restarts).toBe(changes);
  });

  it('catches a client that keeps the pages of a pagination that was broken off', async () => {
    const { fake, client, accessToken, accountId } = await linked();
    const [first = ''] = [1, 2, 3].map((n) =>
      fake.control.bookPosted(accountId, { amount: `${n}.00` }),
    );
    const asked = { access_token: accessToken, count: 2 };
    const { data: kept } = await client.transactionsSync(asked);
    fake.control.remove(first);
    const next = client.transactionsSync({ ...asked, cursor: kept.next_cursor });
    const refused = await refusal(next);
    expect(refused).toMatchObject({
      status: 400,
      error: {
        error_type: 'TRANSACTIONS_ERROR',
        error_code: 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION',
      },
    });
    const again = await syncAll(client, accessToken);
    expect(idsOf(again.added)).toEqual(trueIds(fake, accountId));
    // So what was kept is never taken back.
    expect(again.removed).toEqual([]);
    expect(kept.added.map(({ amount }) => amount)).toContain(1);
  });

  it('refuses a count beyond 500', async () => {
    const { client, accessToken } = await linked();
    const refused = await refusal(syncAll(client, accessToken, { count: 501 }));
    expect(refused.error.error_code).toBe('INVALID_FIELD');
  });
});

describe('/transactions/refresh', () => {
  it('costs, and is told by webhook once the pull has landed', async () => {
    const endpoint = await webhookEndpoint();
    const { fake, client, accessToken, itemId, accountId } = await linked({
      webhookUrl: endpoint.url,
    });
    Object.assign(fake.control.settings, { pulls: 'polled', refreshes: 'held' });
    const before = await syncAll(client, accessToken);
    fake.control.bookPosted(accountId, { amount: '5.00' });
    await client.transactionsRefresh({ access_token: accessToken });
    expect(fake.control.paidCalls()).toBe(1);
    expect((await syncAll(client, accessToken, { cursor: before.cursor })).added).toEqual([]);
    fake.control.landRefresh(itemId);
    const told = await eventually(() =>
      endpoint.arrived.find(({ body }) => body['webhook_code'] === 'SYNC_UPDATES_AVAILABLE'),
    );
    expect(told.body).toMatchObject({ item_id: itemId, historical_update_complete: true });
    expect((await syncAll(client, accessToken, { cursor: before.cursor })).added).toHaveLength(1);
  });
});

describe('items', () => {
  it('changes its webhook, tells the new one, and ends with a removal', async () => {
    const endpoint = await webhookEndpoint();
    const { client, accessToken } = await linked();
    const { data } = await client.itemWebhookUpdate({
      access_token: accessToken,
      webhook: endpoint.url,
    });
    expect(data.item.webhook).toBe(endpoint.url);
    const told = await eventually(() => endpoint.arrived[0]);
    expect(told.body).toMatchObject({
      webhook_code: 'WEBHOOK_UPDATE_ACKNOWLEDGED',
      new_webhook_url: endpoint.url,
    });
    await client.itemRemove({ access_token: accessToken });
    for (const call of [
      client.itemRemove({ access_token: accessToken }),
      client.accountsGet({ access_token: accessToken }),
    ]) {
      expect((await refusal(call)).error.error_code).toBe('ITEM_NOT_FOUND');
    }
  });

  it('needs a login when consent is over, and is closed by a revocation', async () => {
    const { fake, client, accessToken, itemId } = await linked();
    const expiry = fake.control.clock.now() + 60_000;
    fake.control.setConsentExpiry(itemId, expiry);
    const { data } = await client.itemGet({ access_token: accessToken });
    expect(data.item.consent_expiration_time).toBe(new Date(expiry).toISOString());
    fake.control.clock.advance(60_000);
    const over = await refusal(client.accountsGet({ access_token: accessToken }));
    expect(over.error).toMatchObject({
      error_code: 'ITEM_LOGIN_REQUIRED',
      error_code_reason: 'OAUTH_CONSENT_EXPIRED',
    });
    fake.control.revokePermission(itemId);
    const revoked = await refusal(client.accountsGet({ access_token: accessToken }));
    expect(revoked.error.error_code).toBe('USER_PERMISSION_REVOKED');
  });

  it('is made, told and broken by the sandbox endpoints, but not in production', async () => {
    const endpoint = await webhookEndpoint();
    const client = clientOf(await plaidFake());
    const { data: created } = await client.sandboxPublicTokenCreate({
      institution_id: 'ins_109508',
      initial_products: [Products.Transactions],
      options: { webhook: endpoint.url },
    });
    const { data } = await client.itemPublicTokenExchange({ public_token: created.public_token });
    await client.sandboxItemFireWebhook({
      access_token: data.access_token,
      webhook_code: SandboxItemFireWebhookRequestWebhookCodeEnum.PendingDisconnect,
    });
    const told = await eventually(() =>
      endpoint.arrived.find(({ body }) => body['webhook_code'] === 'PENDING_DISCONNECT'),
    );
    expect(told.body).toMatchObject({ item_id: data.item_id, reason: 'INSTITUTION_MIGRATION' });
    await client.sandboxItemResetLogin({ access_token: data.access_token });
    const refused = await refusal(client.accountsGet({ access_token: data.access_token }));
    expect(refused.error.error_code).toBe('ITEM_LOGIN_REQUIRED');

    const production = clientOf(await plaidFake({ environment: 'production' }));
    const only = production.sandboxItemResetLogin({ access_token: 'any' });
    expect((await refusal(only)).error.error_code).toBe('SANDBOX_ONLY');
  });

  it('finds an institution by its id', async () => {
    const client = clientOf(await plaidFake());
    const country_codes = [CountryCode.Us];
    const { data } = await client.institutionsGetById({
      institution_id: 'ins_109508',
      country_codes,
    });
    expect(data.institution.name).toBe('First Platypus Bank');
    const none = client.institutionsGetById({ institution_id: 'ins_0', country_codes });
    expect((await refusal(none)).error.error_code).toBe('INVALID_INSTITUTION');
  });
});

describe('Plaid taking an account for another one', () => {
  it('removes all of the old id and adds it under the new one', async () => {
    const { fake, client, accessToken, itemId, accountId } = await linked();
    fake.control.bookPosted(accountId, { amount: '1.00' });
    const before = await syncAll(client, accessToken);
    const newId = fake.control.churnAccount(itemId, accountId);
    const after = await syncAll(client, accessToken, { cursor: before.cursor });
    expect(after.removed).toMatchObject([{ account_id: accountId }]);
    expect(after.added).toMatchObject([{ account_id: newId, amount: 1 }]);
    expect(idsOf(after.added)).toEqual(trueIds(fake, newId));
    const old = await refusal(syncAll(client, accessToken, { accountId }));
    expect(old.error.error_code).toBe('INVALID_ACCOUNT_ID');
  });
});

describe('faults', () => {
  it('answers with every documented error, each with its status', async () => {
    const { fake, client, accessToken } = await linked();
    for (const code of PLAID_ERROR_CODES) {
      fake.control.faults.add({ endpoint: '/accounts/get', fault: { kind: 'error', code } });
      const refused = await refusal(client.accountsGet({ access_token: accessToken }));
      expect(refused).toMatchObject({ status: statusOf(code), error: { error_code: code } });
      expect(refused.error.request_id).toBeTruthy();
    }
    await client.accountsGet({ access_token: accessToken });
  });

  it('breaks connections and bodies', async () => {
    const { fake, client, accessToken } = await linked();
    const call = (): Promise<unknown> => client.accountsGet({ access_token: accessToken });
    for (const kind of ['reset', 'truncate'] as const) {
      fake.control.faults.add({ endpoint: '*', fault: { kind } });
      await expect(call()).rejects.toThrow(/hang up|reset|aborted/i);
    }
    fake.control.faults.add({ endpoint: '*', fault: { kind: 'html' } });
    await expect(call()).rejects.toMatchObject({ response: { status: 502 } });
    const hanging = fake.control.faults.add({ endpoint: '*', fault: { kind: 'hang' } });
    const signal = AbortSignal.timeout(100);
    const options = { signal, method: 'POST', body: '{}' };
    await expect(fetch(`${fake.url}/item/get`, options)).rejects.toThrow(/time/i);
    expect(hanging.hits).toBe(1);
    fake.control.faults.add({
      endpoint: '/item/remove',
      processed: true,
      fault: { kind: 'reset' },
    });
    await expect(client.itemRemove({ access_token: accessToken })).rejects.toThrow(
      /hang up|reset/i,
    );
    expect((await refusal(call())).error.error_code).toBe('ITEM_NOT_FOUND');
  });

  it('answers as Plaid might tomorrow', async () => {
    const { fake, client, accessToken, accountId } = await linked();
    fake.control.bookPosted(accountId, { amount: '4.20', merchantName: 'A shop' });
    for (const alter of [withUnknownFields, withUnknownEnumValues, withoutOptionalFields]) {
      fake.control.faults.add({ endpoint: '/transactions/sync', fault: { kind: 'alter', alter } });
      const [transaction] = (await syncAll(client, accessToken)).added;
      expect(transaction).toMatchObject({ amount: 4.2, account_id: accountId });
      const isOf = (field: string): boolean => field in (transaction ?? {});
      expect(isOf('a_field_of_tomorrow')).toBe(alter === withUnknownFields);
      expect(isOf('merchant_name')).toBe(alter !== withoutOptionalFields);
      const channel = alter === withUnknownEnumValues ? 'a channel of tomorrow' : 'online';
      expect(transaction?.payment_channel).toBe(channel);
    }
  });

  it('refuses real-time calls while a bank is down, with a 400', async () => {
    const { fake, client, accessToken } = await linked();
    fake.control.institutionAnswers('ins_109508', 'INSTITUTION_DOWN');
    await client.accountsGet({ access_token: accessToken });
    const down = await refusal(client.accountsBalanceGet({ access_token: accessToken }));
    expect(down).toMatchObject({ status: 400, error: { error_type: 'INSTITUTION_ERROR' } });
    expect(fake.control.paidCalls()).toBe(0);
  });

  it('counts calls per item and minute where limits are on', async () => {
    const { fake, client, accessToken } = await linked();
    fake.control.settings.rateLimits = 'production';
    const balance = (): Promise<unknown> =>
      client.accountsBalanceGet({ access_token: accessToken });
    for (let n = 0; n < 5; n += 1) await balance();
    const refused = await refusal(balance());
    expect(refused).toMatchObject({ status: 429, error: { error_code: 'BALANCE_LIMIT' } });
    fake.control.clock.advance(60_001);
    await balance();
  });
});

interface LinkedOptions {
  readonly webhookUrl?: string;
  readonly accounts?: readonly AccountToOpen[];
}

async function linked({ webhookUrl, accounts = [{}] }: LinkedOptions = {}) {
  const fake = await plaidFake(webhookUrl === undefined ? {} : { webhookUrl });
  const login = fake.control.createLogin({ accounts });
  const { itemId, accessToken } = fake.control.linkItem({ loginId: login.id });
  const [first = ''] = login.accountIds;
  return {
    fake,
    client: clientOf(fake),
    itemId,
    accessToken,
    bankAccountIds: login.accountIds,
    accountId: fake.control.accountId(itemId, first),
  };
}

async function post(fake: PlaidFake, path: string, body: object): Promise<string> {
  const response = await fetch(`${fake.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'plaid-client-id': fake.clientId, 'plaid-secret': fake.secret },
  });
  return response.text();
}

function idsOf(transactions: readonly { readonly transaction_id: string }[]): readonly string[] {
  return transactions.map(({ transaction_id }) => transaction_id).toSorted();
}

function trueIds(fake: PlaidFake, accountId: string): readonly string[] {
  return fake.control
    .truth(accountId)
    .map(({ transactionId }) => transactionId)
    .toSorted();
}
