import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlaidFake } from '../../fakes/plaid/start.ts';
import { eventually } from '../../support/eventually.ts';
import { startFreshet, type Freshet } from '../../support/start-freshet.ts';

let freshet: Freshet;
let plaid: Awaited<ReturnType<typeof startPlaidFake>>;

beforeAll(async () => {
  plaid = await startPlaidFake();
  plaid.control.settings.rateLimits = 'production';
  freshet = await startFreshet({
    providerEnv: {
      FRESHET_PLAID_BASE_URL: plaid.url,
      FRESHET_PLAID_CLIENT_ID: plaid.clientId,
      FRESHET_PLAID_SECRET: plaid.secret,
    },
  });
});

afterAll(async () => {
  await freshet.close();
  await plaid.close();
});

it('an Item of eight accounts is scanned within Plaid’s limits, and no sync fails for ours', async () => {
  const { id: loginId, accountIds } = plaid.control.createLogin({
    accounts: Array.from({ length: 8 }, () => ({})),
  });
  for (const id of accountIds) plaid.control.bookPosted(id, { amount: '12.50' });
  const { accessToken } = plaid.control.linkItem({ loginId });
  const { body } = await freshet.call('POST', '/v1/connections', {
    provider: 'plaid',
    link: { access_token: accessToken },
  });
  await eventually(
    async () => {
      const shown = await freshet.call('GET', `/v1/connections/${body.id}`);
      return shown.body.progress.accounts === 8 && shown.body.progress.scanned === 8;
    },
    { describe: 'eight accounts scanned', timeoutMs: 100_000 },
  );
  const failed = await freshet.db
    .selectFrom('sync_runs')
    .where('status', '=', 'failed')
    .select(['product', 'error_code'])
    .execute();
  expect(failed).toEqual([]);
}, 120_000);

it('is asked whether the customer has logged in, and not believed to whoever says so', async () => {
  const { id: loginId } = plaid.control.createLogin({ accounts: [{}] });
  const { accessToken, itemId } = plaid.control.linkItem({
    loginId,
    webhook: `${freshet.url}/webhooks/plaid`,
  });
  const { body: linked } = await freshet.call('POST', '/v1/connections', {
    provider: 'plaid',
    link: { access_token: accessToken },
  });
  const statusIs = async (status: string): Promise<unknown> =>
    await eventually(
      async () =>
        (await freshet.call('GET', `/v1/connections/${linked.id}`)).body.status === status,
      { describe: status, timeoutMs: 30_000 },
    );
  await statusIs('active');
  plaid.control.expireLogin(itemId);
  await statusIs('reauth_required');

  const early = await freshet.call('POST', `/v1/connections/${linked.id}/reauthorized`);
  expect([early.status, early.body.status]).toEqual([200, 'reauth_required']);
  const { body: events } = await freshet.call('GET', '/v1/events?type=account.recovered');
  expect(events.data).toEqual([]);

  const { body: session } = await freshet.call('POST', '/v1/link_sessions', {
    connection_id: linked.id,
  });
  plaid.control.finishLink(session.url, {});
  const after = await freshet.call('POST', `/v1/connections/${linked.id}/reauthorized`);
  expect([200, 202]).toContain(after.status);
  await statusIs('active');
}, 60_000);

it('names what is wrong with the options of a link', async () => {
  const { status, body } = await freshet.call('POST', '/v1/link_sessions', {
    provider: 'plaid',
    customer: { id: '1' },
    options: { products: ['transactions', 'nonsense_product'] },
  });
  expect([status, body.errors]).toMatchObject([400, [{ field: 'options' }]]);
});
