import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { uuid7 } from '../../db/uuid7.ts';
import { InvalidLink } from '../../providers/errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import { freePort } from '../support/servers.ts';
import { startFreshet } from '../support/start-freshet.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.db.deleteFrom('paid_calls').execute();
});

async function store(provider: string, call: string, times: readonly string[]): Promise<void> {
  await rig.db
    .insertInto('paid_calls')
    .values(times.map((at) => ({ id: uuid7(), provider, call, called_at: at })))
    .execute();
}

/** Two providers, three calls, three days, with moments at both ends of a UTC day. */
async function storeSome(): Promise<object[]> {
  await store('plaid', 'balance_get', [
    '2026-03-01T00:00:00Z',
    '2026-03-01T23:59:59.999999Z',
    '2026-03-02T00:00:00Z',
    '2026-03-02T01:00:00+03:00',
  ]);
  await store('plaid', 'transactions_refresh', ['2026-03-01T12:00:00Z']);
  await store('mono', 'realtime', ['2026-03-01T12:00:00Z', '2026-02-28T12:00:00Z']);
  return [
    { day: '2026-03-02', provider: 'plaid', call: 'balance_get', calls: 1 },
    { day: '2026-03-01', provider: 'mono', call: 'realtime', calls: 1 },
    { day: '2026-03-01', provider: 'plaid', call: 'balance_get', calls: 3 },
    { day: '2026-03-01', provider: 'plaid', call: 'transactions_refresh', calls: 1 },
    { day: '2026-02-28', provider: 'mono', call: 'realtime', calls: 1 },
  ];
}

const listed = async (query = '') => (await rig.get(`/v1/paid_calls${query}`)).body;

it('are counted by UTC day, provider and call, the last day first', async () => {
  expect(await listed()).toEqual({ data: [], next_cursor: null });
  const all = await storeSome();
  expect(await listed()).toEqual({ data: all, next_cursor: null });
});

it('of some days and of one provider', async () => {
  const all = await storeSome();
  expect((await listed('?from=2026-03-01')).data).toEqual(all.slice(0, 4));
  expect((await listed('?to=2026-03-01')).data).toEqual(all.slice(1));
  expect((await listed('?from=2026-03-01&to=2026-03-01&provider=plaid')).data).toEqual(
    all.slice(2, 4),
  );
  expect((await listed('?provider=nobody')).data).toEqual([]);
});

it('page by page, whatever their names are', async () => {
  const all = await storeSome();
  const name = `a "call", ${'é'.repeat(180)}`;
  await store('plaid', name, ['2026-03-03T00:00:00Z']);
  const seen: object[] = [];
  for (let cursor = ''; ;) {
    const page = await listed(`?limit=1${cursor}`);
    seen.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  expect(seen).toEqual([{ day: '2026-03-03', provider: 'plaid', call: name, calls: 1 }, ...all]);
});

it.each([
  ['from=yesterday', 'from'],
  ['to=2026-02-30', 'to'],
  ['day=2026-02-01', 'day'],
  ['limit=0', 'limit'],
  ['cursor=x', 'cursor'],
])('?%s is a 400 that names it', async (query, field) => {
  const { status, body } = await rig.get(`/v1/paid_calls?${query}`);
  expect([status, body.errors]).toMatchObject([400, [{ field }]]);
});

it('are also counted in the API’s metrics, where it made them', async () => {
  const charging = {
    ...rig.provider,
    name: 'charging',
    async link(_, context) {
      await context.paid({ call: 'link_exchange' });
      throw new InvalidLink('token', 'must be one that is good');
    },
  } satisfies Provider as Provider;
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  const providers = createProviderRegistry([charging]);
  const freshet = await startFreshet({ worker: false, providers, metricsAddress });
  try {
    const linking = { provider: 'charging', link: { token: 'x' } };
    expect((await freshet.call('POST', '/v1/connections', linking)).status).toBe(400);
    const metrics = await (await fetch(`http://${metricsAddress}/metrics`)).text();
    expect(metrics).toContain(
      'freshet_paid_calls_total{provider="charging",call="link_exchange"} 1',
    );
    const { body } = await freshet.call('GET', '/v1/paid_calls');
    expect(body.data).toMatchObject([{ provider: 'charging', call: 'link_exchange', calls: 1 }]);
  } finally {
    await freshet.close();
  }
});
