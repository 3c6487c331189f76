import { describe, expect, it } from 'vitest';
import type { OkraConfig } from '../../../providers/okra/config.ts';
import type { ProviderBalance } from '../../../providers/provider.ts';
import { testContext, type TestContext } from '../context.ts';
import { misbehaviour } from '../misbehaviour.ts';
import { answerJson, type Answer } from '../wire.ts';
import {
  account,
  ACCOUNT,
  errorOf,
  RECORD,
  row,
  SECRET_KEY,
  startScriptedBank,
  success,
  type ScriptedBank,
} from './bank.ts';

const AT = '2026-03-05T10:00:00.000Z';
const balanceRow = {
  _id: 'b',
  account: { _id: ACCOUNT },
  available_balance: 4.5,
  ledger_balance: 5,
  currency: 'NGN',
  last_updated: AT,
};

const process =
  (state: object): Answer =>
  (response) =>
    answerJson(response, success({ record: RECORD, status: { process: state } }));
const running = process({ running: true, completed: false });
const completed = process({ running: false, completed: true });
const failed =
  (type?: string): Answer =>
  (response) =>
    answerJson(
      response,
      success({
        status: { process: { running: false, completed: false, failed: true } },
        error: { type, message: 'private' },
      }),
    );

/** The answer that the vendor's clients know, which tells no state. */
const documented: Answer = (response) =>
  answerJson(response, success({ record: RECORD, balance: balanceRow }));
const rejected: Answer = (response) => answerJson(response, {}, 401);
const busyFor =
  (seconds: number): Answer =>
  (response) =>
    answerJson(response, { type: 'RATE_LIMIT' }, 429, { 'retry-after': String(seconds) });

/** A bank whose callback gives these answers in turn, the last one for ever. */
function bankThat(
  looks: readonly Answer[],
  config: Partial<OkraConfig> = {},
  callbackUrl = (host: string) => `http://${host}/v2/callback?record=${RECORD}&method=BALANCE`,
): Promise<ScriptedBank> {
  let look = 0;
  const answer: Answer = (response, request) => {
    if (request.path.startsWith('/v2/callback')) {
      const answered = looks[Math.min(look, looks.length - 1)];
      look += 1;
      return answered?.(response, request);
    }
    if (request.path.endsWith('/refresh')) {
      const callback_url = callbackUrl(request.headers.host ?? '');
      return answerJson(response, success({ callback_url, record: RECORD, method: 'BALANCE' }));
    }
    const data = { balance: [balanceRow], transaction: [row()], extracted_at: AT };
    return answerJson(response, success(data));
  };
  return startScriptedBank(answer, config);
}

function refreshed(
  bank: ScriptedBank,
  context: TestContext = testContext(),
): Promise<ProviderBalance> {
  return bank.provider.fetchBalance(account, { refresh: true }, context);
}

async function reading(balance: unknown): Promise<ProviderBalance> {
  await using bank = await startScriptedBank((response) =>
    answerJson(response, success({ balance })),
  );
  return await bank.provider.fetchBalance(account, { refresh: false }, testContext());
}

describe('a refresh of a balance', () => {
  it('asks the bank, waits for the callback, and reads what the bank then has', async () => {
    await using bank = await bankThat([running, running, completed]);
    const context = testContext();
    expect(await refreshed(bank, context)).toEqual({
      providerAccountId: ACCOUNT,
      available: '4.5',
      current: '5',
      limit: null,
      currency: 'NGN',
      dataAsOf: AT,
      raw: JSON.stringify(balanceRow),
    });
    const callback = `callback?record=${RECORD}&method=BALANCE`;
    expect(bank.paths()).toEqual([
      'balance/refresh',
      callback,
      callback,
      callback,
      'balance/getByAccount',
    ]);
    expect(bank.bodies('balance/refresh')).toEqual([{ account_id: ACCOUNT }]);
    expect(bank.wire.requests[1]).toMatchObject({
      method: 'GET',
      headers: { authorization: `Bearer ${SECRET_KEY}` },
    });
    expect(context.beats()).toBeGreaterThanOrEqual(5);
  });

  it('is done too when the callback has the balance and no state', async () => {
    await using bank = await bankThat([documented]);
    expect((await refreshed(bank)).dataAsOf).toBe(AT);
  });

  it('only reads where none is asked for', async () => {
    await using bank = await bankThat([]);
    await bank.provider.fetchBalance(account, { refresh: false }, testContext());
    expect(bank.paths()).toEqual(['balance/getByAccount']);
  });

  it.each([
    ['REAUTH', 'reauth', 'login_required'],
    ['EXPIRED', 'reauth', 'login_required'],
    ['BANK_DOWN', 'retry', 'bank_down'],
    [undefined, 'retry', 'refresh_failed'],
  ])('fails as the callback says: %s', async (type, kind, code) => {
    await using bank = await bankThat([running, failed(type)]);
    expect(await errorOf(refreshed(bank))).toMatchObject({ kind, code });
  });

  it('times out', async () => {
    await using bank = await bankThat([running], { callbackTimeoutMs: 60 });
    expect(await errorOf(refreshed(bank))).toMatchObject({
      kind: 'retry',
      code: 'refresh_timeout',
    });
    expect(bank.paths().length).toBeGreaterThan(2);
  });

  it('looks again after a failure that passes, and does not refresh twice', async () => {
    const looks = [
      busyFor(0),
      misbehaviour.dropBeforeHeaders,
      misbehaviour.truncatedJson,
      completed,
    ];
    await using bank = await bankThat(looks);
    expect((await refreshed(bank)).current).toBe('5');
    expect(bank.paths().filter((path) => path === 'balance/refresh')).toHaveLength(1);
  });

  it('gives up at once when it is told to wait longer than a refresh may take', async () => {
    await using bank = await bankThat([busyFor(30)]);
    expect(await errorOf(refreshed(bank))).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 30_000,
    });
    expect(bank.paths()).toHaveLength(2);
  });

  it('does not look again after a failure that stays', async () => {
    await using bank = await bankThat([rejected]);
    expect(await errorOf(refreshed(bank))).toMatchObject({ code: 'credentials_rejected' });
  });

  it.each([
    ['another host', () => 'http://bank.invalid/v2/callback?record=r'],
    ['another scheme', (host: string) => `https://${host}/v2/callback`],
    ['a user that looks like the host', (host: string) => `http://${host}@bank.invalid/`],
    ['no URL', () => 'callback?record=r'],
  ])('never takes its key to %s', async (_name, callbackUrl) => {
    await using bank = await bankThat([completed], {}, callbackUrl);
    expect(await errorOf(refreshed(bank))).toMatchObject({
      kind: 'config',
      code: 'callback_url_elsewhere',
    });
    expect(bank.paths()).toEqual(['balance/refresh']);
  });

  it('stops between two looks when its signal aborts', async () => {
    const stop = new AbortController();
    const reason = new Error('stopping');
    const look: Answer = (response, request) => {
      setImmediate(() => stop.abort(reason));
      return running(response, request);
    };
    await using bank = await bankThat([look], {
      callbackPollMs: 60_000,
      callbackTimeoutMs: 600_000,
    });
    expect(await errorOf(refreshed(bank, testContext(stop.signal)))).toBe(reason);
  });
});

describe('a balance', () => {
  it('may be an object, and may hold its account as text', async () => {
    expect((await reading(balanceRow)).current).toBe('5');
    expect((await reading({ ...balanceRow, account: ACCOUNT })).current).toBe('5');
  });

  it('is the one of the account', async () => {
    const other = { ...balanceRow, account: { _id: 'other' }, ledger_balance: 99 };
    expect((await reading([other, balanceRow])).current).toBe('5');
    expect(await errorOf(reading([other]))).toMatchObject({ code: 'balance_missing' });
  });

  it('must say when it was true', async () => {
    const { last_updated: _, ...timeless } = balanceRow;
    expect(await errorOf(reading([timeless]))).toMatchObject({
      kind: 'bug',
      code: 'invalid_balance_last_updated',
    });
  });
});

it('a refresh of transactions comes before they are read', async () => {
  await using bank = await bankThat([running, completed]);
  const query = { scope: 'full' } as const;
  const reading = bank.provider.fetchTransactions(account, query, { refresh: true }, testContext());
  const first = await reading.next();
  expect(first.done).toBe(false);
  expect(bank.paths().map((path) => path.replace(/\?.*/, ''))).toEqual([
    'transactions/refresh',
    'callback',
    'callback',
    'transactions/getByAccount',
  ]);
  expect(bank.bodies('transactions/refresh')).toEqual([{ account_id: ACCOUNT }]);
});
