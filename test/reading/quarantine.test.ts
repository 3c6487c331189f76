import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';
import { storeAccount, storeSync } from '../support/store.ts';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

it('shows what could not be taken, of one account or of all, raw only when asked', async () => {
  const accounts = [await storeAccount(freshet.db), await storeAccount(freshet.db)];
  const [account = ''] = accounts;
  for (const [index, accountId] of [...accounts, account].entries()) {
    await freshet.db
      .insertInto('quarantined_items')
      .values({
        account_id: accountId,
        product: 'transaction',
        provider_id: index === 0 ? null : `p${index}`,
        reason: 'the amount is not a number',
        raw: `{"amount":"${index}"}`,
        fingerprint: randomBytes(32),
        sync_run_id: await storeSync(freshet.db, accountId, { quarantined: 1 }),
      })
      .execute();
  }
  const all = await freshet.call('GET', '/v1/quarantine?limit=2');
  expect(all.body.data.map((item: { provider_id: string }) => item.provider_id)).toEqual([
    'p2',
    'p1',
  ]);
  const rest = await freshet.call('GET', `/v1/quarantine?cursor=${all.body.next_cursor}`);
  expect(rest.body).toEqual({
    data: [
      {
        id: expect.any(String),
        account_id: account,
        product: 'transaction',
        provider_id: null,
        reason: 'the amount is not a number',
        first_seen_at: expect.any(String),
        last_seen_at: expect.any(String),
        sync_id: expect.any(String),
      },
    ],
    next_cursor: null,
  });
  const raw = await freshet.call('GET', `/v1/quarantine?account_id=${account}&include_raw=true`);
  expect(raw.body.data.map((item: { raw: string }) => item.raw)).toEqual([
    '{"amount":"2"}',
    '{"amount":"0"}',
  ]);
  const syncs = await freshet.call('GET', `/v1/accounts/${account}/syncs`);
  expect(syncs.body.data[0]).toMatchObject({ quarantined: 1 });
  expect(syncs.body.data[0]).not.toHaveProperty('change_position');
});

it.each([
  ['account_id=nonsense', 400, 'account_id'],
  ['product=card', 400, 'product'],
  ['include_raw=true&limit=51', 400, 'limit'],
  ['account_id=0198c0de-0000-7000-8000-000000000000', 404, undefined],
])('%s is %i', async (query, expected, field) => {
  const { status, body } = await freshet.call('GET', `/v1/quarantine?${query}`);
  expect([status, body.errors?.[0].field]).toEqual([expected, field]);
});
