import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFreshet, type ApiAnswer, type Freshet } from '../support/start-freshet.ts';
import { storeAccount, storeBalance, storeFreshness, storeTransaction } from '../support/store.ts';

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({ worker: false });
});
afterAll(() => freshet.close());

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

/** The answer to a client that holds the answer with this ETag. */
const ask = (path: string, etag?: string | null): Promise<ApiAnswer> =>
  freshet.call('GET', path, undefined, etag ? { 'If-None-Match': etag } : {});

async function accountWithData(): Promise<{ account: string; paths: string[] }> {
  const account = await storeAccount(freshet.db, {
    interval: 'one_minute',
    syncedAt: minutesAgo(0),
  });
  const id = await storeTransaction(freshet.db, account, { providerId: 'a' });
  await storeBalance(freshet.db, account, { current: '1.50' });
  const path = `/v1/accounts/${account}`;
  const paths = ['/transactions', `/transactions/${id}`, '/balance', '/balance/history'];
  return { account, paths: paths.map((rest) => path + rest) };
}

describe('an answer about an account’s data', () => {
  it('says how fresh it is', async () => {
    const { paths } = await accountWithData();
    for (const path of paths) {
      expect((await ask(path)).body).toMatchObject({
        data_as_of: expect.any(String),
        last_synced_at: expect.any(String),
        stale: false,
        error_code: null,
      });
    }
  });

  it('is a 304 without a body while it is the same, and is always asked for', async () => {
    const { paths } = await accountWithData();
    for (const path of paths) {
      const first = await ask(path);
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]{27}"$/);
      expect(first.headers.get('cache-control')).toBe('private, no-cache');
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await ask(path, held);
        expect([again.status, again.body, again.headers.get('etag')]).toEqual([
          304,
          undefined,
          etag,
        ]);
      }
      expect((await ask(path, '"other"')).status).toBe(200);
    }
  });

  it('is sent again when a row changes, when a sync finds nothing new, and when it gets stale', async () => {
    const { account, paths } = await accountWithData();
    const [path = ''] = paths;
    const { headers } = await ask(path);

    await storeTransaction(freshet.db, account, { providerId: 'a', amount: '-1.01' });
    const changed = await ask(path, headers.get('etag'));
    expect([changed.status, changed.body.data[0].amount]).toEqual([200, '-1.01']);

    await storeFreshness(freshet.db, account, minutesAgo(3.9));
    const synced = await ask(path, changed.headers.get('etag'));
    expect([synced.status, synced.body.stale]).toEqual([200, false]);

    // Nothing is written from here on: time alone makes it stale.
    await storeFreshness(freshet.db, account, new Date(Date.now() - 4 * 60_000 + 400));
    const fresh = await ask(path, synced.headers.get('etag'));
    expect([fresh.status, fresh.body.stale]).toEqual([200, false]);
    await expect
      .poll(async () => (await ask(path, fresh.headers.get('etag'))).body?.stale, {
        timeout: 5_000,
      })
      .toBe(true);
  });

  it('has no ETag when it is a problem', async () => {
    const account = await storeAccount(freshet.db);
    const { status, headers } = await ask(`/v1/accounts/${account}/balance`, '*');
    expect([status, headers.get('etag')]).toEqual([404, null]);
  });
});

const currents = (answer: ApiAnswer): string[] =>
  answer.body.data.map((row: { current: string }) => row.current);

describe('a balance', () => {
  it('has a history of its changes, newest first, in pages and ranges', async () => {
    const account = await storeAccount(freshet.db);
    const values = ['1', '2.00', '-12345678901234567.89', '0.0001'];
    for (const [day, current] of values.entries()) {
      await storeBalance(freshet.db, account, {
        current,
        asOf: `2026-01-0${day + 1}T23:59:59.999999Z`,
      });
    }
    const path = `/v1/accounts/${account}/balance/history`;

    const first = await ask(`${path}?limit=3`);
    expect(currents(first)).toEqual(['0.0001', '-12345678901234567.89', '2.00']);
    expect(first.body.data[0]).toEqual({
      id: expect.any(String),
      available: null,
      current: '0.0001',
      limit: null,
      currency: 'NGN',
      data_as_of: '2026-01-04T23:59:59.999Z',
      recorded_at: expect.any(String),
      sync_id: expect.any(String),
    });
    const second = await ask(`${path}?limit=3&cursor=${first.body.next_cursor}`);
    expect([currents(second), second.body.next_cursor]).toEqual([['1'], null]);
    expect(currents(await ask(`${path}?from=2026-01-02&to=2026-01-03`))).toEqual([
      '-12345678901234567.89',
      '2.00',
    ]);
    const other = await ask(`${path}?from=2026-01-02&cursor=${first.body.next_cursor}`);
    expect([other.status, other.body.errors[0].field]).toEqual([400, 'cursor']);
  });
});
