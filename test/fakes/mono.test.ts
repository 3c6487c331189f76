import { expect, onTestFinished, test } from 'vitest';
import { unknownEnums, unknownFields, withoutOptional } from './mono/alterations.ts';
import type { Endpoint } from './mono/call-log.ts';
import type { NewAccount } from './mono/open-account.ts';
import { startMonoFake, type MonoFake, type MonoFakeOptions } from './mono/start.ts';
import { eventually } from '../support/eventually.ts';
import { startReceiver, withStatus, type Receiver } from '../support/start-receiver.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies freely
type Json = any;

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

async function start(options: MonoFakeOptions = {}): Promise<MonoFake> {
  const mono = await startMonoFake(options);
  onTestFinished(() => mono.close());
  return mono;
}

async function startWithReceiver(): Promise<{ mono: MonoFake; receiver: Receiver }> {
  const receiver = await startReceiver(withStatus(200));
  const mono = await start({ webhookUrl: receiver.url });
  onTestFinished(() => receiver.close());
  return { mono, receiver };
}

async function call(
  mono: MonoFake,
  path: string,
  {
    body,
    headers = {},
    ...init
  }: { body?: Json; headers?: Record<string, string> } & Omit<RequestInit, 'body' | 'headers'> = {},
): Promise<Answered> {
  const response = await fetch(`${mono.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'mono-sec-key': mono.secretKey, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...init,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const LINK = {
  customer: { name: 'Ada Obi', email: 'ada@example.com' },
  meta: { ref: 'ref-1' },
  scope: 'auth',
  redirect_url: 'https://example.com/back',
};

const REAL_TIME = { headers: { 'x-realtime': 'true' } };

/** A linked account that Mono has retrieved. */
async function linked(mono: MonoFake, details: NewAccount = {}): Promise<string> {
  const { body } = await call(mono, '/v2/accounts/initiate', { body: LINK });
  const { accounts } = mono.control.finishLink(body.data.mono_url, { accounts: [details] });
  return accounts[0]?.id ?? '';
}

const names = ({ body }: Answered): string[] => body.data.map((row: Json) => row.narration);

const events = (receiver: Receiver): string[] => receiver.received.map(({ body }) => body.event);

/** As many rows as asked for, a day apart, the newest last. */
function rows(count: number): { amount: number; date: string; narration: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    amount: 100 + index,
    date: new Date(Date.UTC(2026, 0, 1 + index, 12)).toISOString(),
    narration: `row ${index}`,
  }));
}

test('a key that is missing or wrong is a 401 everywhere, and the list of institutions shows it', async () => {
  const mono = await start({ secretKey: 'test_sk_right' });
  const listed = await call(mono, '/v3/institutions?scope=financial_data');
  expect(listed.status).toBe(200);
  expect(listed.body).toMatchObject({ status: 'successful', timestamp: expect.any(String) });
  expect(listed.body.data.map((each: Json) => each.country)).toEqual(['ng', 'gh', 'ke', 'za']);
  const one = await call(mono, '/v3/institutions?bank_code=058');
  expect(one.body.data).toHaveLength(1);
  for (const key of ['', 'test_sk_wrong']) {
    const refused = await call(mono, '/v3/institutions', { headers: { 'mono-sec-key': key } });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ status: 'failed', data: null });
  }
  mono.control.setSecretKey('test_sk_next');
  expect((await call(mono, '/v2/accounts/x')).status).toBe(401);
});

test('an account is linked by a page, two webhooks and a code that is good for ten minutes', async () => {
  const { mono, receiver } = await startWithReceiver();
  const initiated = await call(mono, '/v2/accounts/initiate', { body: LINK });
  expect(initiated.body.data).toMatchObject({
    mono_url: expect.stringMatching(/^https:\/\/link\.mono\.co\/AL/),
    customer: expect.any(String),
    meta: { ref: 'ref-1' },
    scope: 'auth',
    redirect_url: LINK.redirect_url,
  });
  const { code, codes, accounts } = mono.control.finishLink('ref-1', {
    accounts: [{ openingBalance: 500 }, { currency: 'KES' }],
  });
  const [first, second] = accounts;
  await mono.control.webhooks.settled();
  expect(events(receiver)).toEqual([
    'mono.events.account_connected',
    'mono.events.account_updated',
    'mono.events.account_connected',
    'mono.events.account_updated',
  ]);
  expect(receiver.received[0]?.headers['mono-webhook-secret']).toBe(mono.webhookSecret);
  expect(receiver.received[0]?.body).toMatchObject({
    event_id: expect.any(String),
    timestamp: expect.any(String),
    data: {
      id: first?.id,
      customer: initiated.body.data.customer,
      meta: { ref: 'ref-1', data_status: 'PROCESSING' },
      app: expect.any(String),
      business: expect.any(String),
    },
  });
  expect(receiver.received[1]?.body.data).toMatchObject({
    account: { _id: first?.id, balance: 500, currency: 'NGN', accountNumber: first?.number },
    meta: {
      data_status: 'AVAILABLE',
      ref: 'ref-1',
      retrieved_data: ['identity', 'balance', 'transactions'],
    },
  });

  const exchanged = await call(mono, '/v2/accounts/auth', { body: { code } });
  expect(exchanged.body.data).toEqual({ id: first?.id });
  expect((await call(mono, '/v2/accounts/auth', { body: { code } })).status).toBe(400);
  mono.control.settings.authId = 'bare';
  const bare = await call(mono, '/v2/accounts/auth', { body: { code: codes[1] } });
  expect(bare.body).toEqual({ id: second?.id });
  const late = mono.control.codeFor(first?.id ?? '');
  mono.control.clock.advance(10 * 60_000);
  expect((await call(mono, '/v2/accounts/auth', { body: { code: late } })).status).toBe(400);
});

test('a link without its required fields is a 400', async () => {
  const mono = await start();
  for (const body of [
    { ...LINK, redirect_url: undefined },
    { ...LINK, customer: { name: 'Ada' } },
    { ...LINK, scope: 'all' },
    { ...LINK, customer: { id: 'unknown' } },
  ]) {
    expect((await call(mono, '/v2/accounts/initiate', { body })).status).toBe(400);
  }
  const reauth = { scope: 'reauth', account: 'unknown' };
  expect((await call(mono, '/v2/accounts/initiate', { body: reauth })).status).toBe(404);
});

test('account and balance show the last extraction, never the truth', async () => {
  const mono = await start();
  const id = await linked(mono, { openingBalance: 1_000, bvn: '9422' });
  const { control } = mono;
  control.addTransaction(id, { amount: 250 });
  expect(control.truth(id).balance).toBe(750);
  const account = await call(mono, `/v2/accounts/${id}`);
  expect(account.body.data).toMatchObject({
    account: {
      id,
      balance: 1_000,
      currency: 'NGN',
      bvn: '9422',
      institution: { bank_code: '058' },
    },
    customer: { id: control.account(id).customerId },
    meta: { data_status: 'AVAILABLE', ref: 'ref-1' },
  });
  const balance = await call(mono, `/v2/accounts/${id}/balance`);
  expect(balance.body.data).toEqual({
    id,
    name: 'ADA OBI',
    account_number: control.account(id).number,
    balance: 1_000,
    currency: 'NGN',
  });
  expect(control.extract(id)).toBe(true);
  expect(control.extract(id)).toBe(false);
  expect((await call(mono, `/v2/accounts/${id}/balance`)).body.data.balance).toBe(750);
});

test('currencies are written in each of the documented ways', async () => {
  const { mono, receiver } = await startWithReceiver();
  const id = await linked(mono, { currency: 'GHS' });
  const seen = async (): Promise<string> =>
    (await call(mono, `/v2/accounts/${id}`)).body.data.account.currency;
  expect(await seen()).toBe('GHS');
  mono.control.settings.currencyCodes = 'local';
  expect(await seen()).toBe('GHC');
  expect((await call(mono, `/v2/accounts/${id}/balance`)).body.data.currency).toBe('GHC');
  mono.control.settings.currencyCodes = 'lower';
  mono.control.announce.updated(id);
  mono.control.announce.updated(id, { account: { currency: 'Naira' } });
  await mono.control.webhooks.settled();
  const told = receiver.received.slice(-2).map(({ body }) => body.data.account.currency);
  expect(told).toEqual(['ghs', 'Naira']);
});

test('transactions come by page, newest first, chosen by days, type and words', async () => {
  const mono = await start();
  const id = await linked(mono, { transactions: rows(7) });
  const { settings } = mono.control;
  const get = (query: string): Promise<Answered> =>
    call(mono, `/v2/accounts/${id}/transactions?${query}`);

  const first = await get('start=01-01-2026&end=31-01-2026&limit=3');
  expect(names(first)).toEqual(['row 6', 'row 5', 'row 4']);
  expect(first.body.meta).toEqual({
    total: 7,
    page: 1,
    previous: null,
    next: `https://api.withmono.com/v2/${id}/transactions?page=2`,
  });
  expect(first.body.data[0]).toEqual({
    id: expect.any(String),
    narration: 'row 6',
    amount: 106,
    type: 'debit',
    balance: -721,
    date: '2026-01-07T12:00:00.000Z',
    category: 'unknown',
  });
  const last = await get('start=01-01-2026&limit=3&page=3');
  expect(names(last)).toEqual(['row 0']);
  expect(last.body.meta.next).toBeNull();
  expect(names(await get('start=02-01-2026&end=03-01-2026'))).toEqual(['row 2', 'row 1']);
  expect(names(await get('narration=ROW%203'))).toEqual(['row 3']);
  expect(names(await get('type=credit'))).toEqual([]);

  settings.recentCount = 2;
  expect(names(await get(''))).toEqual(['row 6', 'row 5']);
  settings.maxLimit = 4;
  expect(names(await get('start=01-01-2026&limit=1000'))).toHaveLength(4);
  const whole = await get('start=01-01-2026&paginate=false');
  expect(names(whole)).toHaveLength(7);
  expect(whole.body.meta).toEqual({ total: 7, page: 1, previous: null, next: null });
  for (const wrong of ['start=2026-01-01', 'end=99-99-2026', 'type=both', 'page=0', 'limit=x']) {
    expect((await get(wrong)).status).toBe(400);
  }
});

test('rows are added, edited and removed, also between two pages', async () => {
  const mono = await start();
  const { control } = mono;
  const id = await linked(mono, { transactions: rows(4) });
  const [newest, , , oldest] = control.truth(id).transactions;
  control.editTransaction(id, newest?.id ?? '', { amount: 1, category: null });
  control.removeTransaction(id, oldest?.id ?? '');
  expect(control.truth(id)).toMatchObject({ balance: -(1 + 102 + 101) });
  expect(control.shown(id).transactions).toHaveLength(4);

  const remove = control.beforePage(({ page }) => {
    if (page !== 2) return;
    control.addTransaction(id, { amount: 5, type: 'credit', narration: 'new' });
    control.extract(id, { announce: false });
  });
  const page = async (number: number): Promise<string[]> => {
    const path = `/v2/accounts/${id}/transactions?start=01-01-2026&limit=2&page=${number}`;
    return names(await call(mono, path));
  };
  expect(await page(1)).toEqual(['row 3', 'row 2']);
  expect(await page(2)).toEqual(['row 2', 'row 1']);
  remove();
  expect(await page(1)).toEqual(['new', 'row 3']);
});

test('what was not retrieved is an empty payload', async () => {
  const mono = await start();
  const { control } = mono;
  await call(mono, '/v2/accounts/initiate', { body: LINK });
  const { accounts } = control.finishLink('ref-1', {
    accounts: [{ openingBalance: 5, transactions: rows(2) }],
    retrieve: null,
  });
  const id = accounts[0]?.id ?? '';
  const status = async (): Promise<Json> => (await call(mono, `/v2/accounts/${id}`)).body.data.meta;
  const held = async (): Promise<Json> => [
    (await call(mono, `/v2/accounts/${id}/balance`)).body.data.balance,
    (await call(mono, `/v2/accounts/${id}/transactions`)).body.data.length,
  ];
  expect(await status()).toMatchObject({ data_status: 'PROCESSING', retrieved_data: ['identity'] });
  expect(await held()).toEqual([undefined, 0]);
  control.extract(id, { retrieve: [], dataStatus: 'UNAVAILABLE' });
  expect(await status()).toMatchObject({ data_status: 'UNAVAILABLE' });
  control.extract(id, { retrieve: ['transactions'] });
  expect(await status()).toMatchObject({
    data_status: 'PARTIAL',
    retrieved_data: ['identity', 'transactions'],
  });
  expect(await held()).toEqual([undefined, 2]);
  control.extract(id, { retrieve: ['balance'] });
  expect(await status()).toMatchObject({ data_status: 'AVAILABLE' });
  control.setDataStatus(id, 'FAILED');
  expect(await status()).toMatchObject({ data_status: 'FAILED' });
});

test('a real-time call makes a job, once in five minutes, and is charged for new data only', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { control } = mono;
  const id = await linked(mono, { openingBalance: 10 });
  control.addTransaction(id, { amount: 3 });
  const path = `/v2/accounts/${id}/transactions`;
  const fresh = await call(mono, path, { headers: { 'x-real-time': 'true' } });
  expect(fresh.body.data).toHaveLength(1);
  expect(fresh.headers.get('x-job-status')).toBe('finished');
  expect(fresh.headers.get('x-has-new-data')).toBe('true');
  const jobId = fresh.headers.get('x-job-id');

  control.addTransaction(id, { amount: 4 });
  const repeat = await call(mono, path, REAL_TIME);
  expect(repeat.headers.get('x-job-id')).toBe(jobId);
  expect(repeat.body.data).toHaveLength(1);
  control.clock.advance(5 * 60_000);
  const next = await call(mono, path, REAL_TIME);
  expect(next.headers.get('x-job-id')).not.toBe(jobId);
  expect(next.body.data).toHaveLength(2);
  control.clock.advance(5 * 60_000);
  const nothing = await call(mono, `/v2/accounts/${id}/balance`, REAL_TIME);
  expect(nothing.headers.has('x-has-new-data')).toBe(false);
  control.clock.advance(5 * 60_000);
  const details = await call(mono, `/v2/accounts/${id}`, REAL_TIME);
  expect(details.headers.get('x-job-status')).toBe('finished');
  expect(control.realTimeCount(id)).toEqual({ calls: 5, sessions: 4, charged: 2 });
  expect((await call(mono, path)).headers.has('x-job-id')).toBe(false);

  const job = await call(mono, `/v2/accounts/${id}/jobs/${jobId}`);
  expect(job.body).toMatchObject({
    message: 'Job execution completed',
    data: { id: jobId, status: 'finished', name: 'jobs.accounts.sync_statement', account: id },
  });
  expect((await call(mono, `/v2/accounts/${id}/jobs/unknown`)).status).toBe(404);
  await control.webhooks.settled();
  const ofJob = receiver.received.filter(({ text }) => text.includes(jobId ?? ''));
  expect(ofJob.map(({ body }) => body.event)).toEqual([
    'mono.accounts.jobs.update',
    'mono.events.account_updated',
  ]);
  expect(ofJob[1]?.body.data.meta).toMatchObject({
    sync_status: 'SUCCESSFUL',
    job_id: jobId,
    has_new_data: true,
  });
  expect(receiver.received.at(-1)?.body.data.meta).not.toHaveProperty('has_new_data');
});

test('a job stays in the queue until it is finished or fails', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { control } = mono;
  const id = await linked(mono);
  control.addTransaction(id, { amount: 3 });
  control.settings.realTime = 'processing';
  const path = `/v2/accounts/${id}/transactions`;
  const queued = await call(mono, path, REAL_TIME);
  expect(queued.headers.get('x-job-status')).toBe('processing');
  expect(queued.body.data).toEqual([]);
  control.settings.realTime = 'enqueued';
  const slow = await call(mono, path, REAL_TIME);
  expect(slow.body).toMatchObject({
    status: 'successful',
    data: null,
    message: expect.stringContaining('please try again once notified via webhook'),
  });
  expect(slow.headers.get('x-job-id')).toBe(queued.headers.get('x-job-id'));
  expect(control.finishJob(id).status).toBe('finished');
  expect((await call(mono, path, REAL_TIME)).headers.get('x-has-new-data')).toBe('true');
  expect((await call(mono, path)).body.data).toHaveLength(1);

  control.clock.advance(5 * 60_000);
  control.settings.realTime = 'failed';
  const failed = await call(mono, path, REAL_TIME);
  expect(failed.headers.get('x-job-status')).toBe('failed');
  await control.webhooks.settled();
  expect(events(receiver).slice(2)).toEqual([
    'mono.accounts.jobs.update',
    'mono.accounts.jobs.update',
    'mono.events.account_updated',
    'mono.accounts.jobs.update',
    'mono.events.account_updated',
  ]);
  expect(receiver.received.at(-1)?.body.data.meta.sync_status).toBe('FAILED');
});

test('an account that wants its user shows what was held until he logs in again', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { control } = mono;
  const id = await linked(mono, { openingBalance: 10 });
  control.setBalance(id, 99);
  control.requireReauth(id);
  const path = `/v2/accounts/${id}/balance`;
  const stale = await call(mono, path, REAL_TIME);
  expect(stale.status).toBe(200);
  expect(stale.headers.get('x-job-status')).toBe('failed');
  expect(stale.body.data.balance).toBe(10);
  await control.webhooks.settled();
  expect(receiver.received.at(-1)?.body.data.meta.sync_status).toBe('REAUTHORISATION_REQUIRED');

  const body = { scope: 'reauth', account: id, meta: { ref: 'ref-2' } };
  const initiated = await call(mono, '/v2/accounts/initiate', { body });
  expect(initiated.body.data).toMatchObject({
    mono_url: expect.any(String),
    account: id,
    scope: 'reauth',
    institution: expect.any(String),
    auth_method: 'internet_banking',
  });
  control.finishReauth(initiated.body.data.mono_url);
  await control.webhooks.settled();
  expect(receiver.received.slice(-2).map(({ body }) => body)).toMatchObject([
    { event: 'mono.events.account_reauthorized', data: { account: { _id: id } } },
    { event: 'mono.events.account_updated', data: { meta: { ref: 'ref-2' } } },
  ]);
  expect((await call(mono, path)).body.data.balance).toBe(99);
  const again = await call(mono, path, REAL_TIME);
  expect(again.headers.get('x-job-status')).toBe('finished');
});

test('an unlinked account is gone, and so is one that never was', async () => {
  const { mono, receiver } = await startWithReceiver();
  const id = await linked(mono);
  const unlink = (): Promise<Answered> => call(mono, `/v2/accounts/${id}/unlink`, { body: {} });
  expect((await unlink()).body.status).toBe('successful');
  await mono.control.webhooks.settled();
  expect(receiver.received.at(-1)?.body).toEqual({
    event: 'mono.events.account_unlinked',
    data: { account: { id } },
  });
  expect((await unlink()).status).toBe(404);
  for (const path of ['', '/balance', '/transactions', '/jobs/x']) {
    expect((await call(mono, `/v2/accounts/${id}${path}`)).status).toBe(404);
    expect((await call(mono, `/v2/accounts/unknown${path}`)).status).toBe(404);
  }
  expect((await call(mono, '/v2/elsewhere')).status).toBe(404);
});

test('every event is sent by itself, the legacy and the unknown ones too', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { control } = mono;
  const id = await linked(mono);
  await call(mono, `/v2/accounts/${id}/balance`, REAL_TIME);
  await control.webhooks.settled();
  const before = receiver.received.length;
  const { announce } = control;
  announce.connected(id);
  announce.updated(id, { meta: { sync_status: 'FAILED', ref: undefined } });
  announce.reauthorized(id);
  announce.unlinked(id);
  announce.reauthorisationRequired(id);
  announce.syncFailed(id);
  const [job] = control.jobs(id);
  if (job !== undefined) announce.jobsUpdate(job);
  announce.event('mono.events.account_income', { account: id });
  await control.webhooks.settled();
  const sent = receiver.received.slice(before).map(({ body }) => body);
  expect(sent.map(({ event }) => event)).toEqual([
    'mono.events.account_connected',
    'mono.events.account_updated',
    'mono.events.account_reauthorized',
    'mono.events.account_unlinked',
    'mono.events.reauthorisation_required',
    'mono.events.sync_failed',
    'mono.accounts.jobs.update',
    'mono.events.account_income',
  ]);
  expect(sent[1].data.meta).toMatchObject({ sync_status: 'FAILED' });
  expect(sent[1].data.meta).not.toHaveProperty('ref');
  expect(sent[4].data).toEqual({ account: { _id: id } });
  expect(sent[6].data).toMatchObject({ account: id, id: job?.id, status: 'finished' });
});

test('webhooks come in each of their documented shapes', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { control } = mono;
  const id = await linked(mono);
  control.requireReauth(id);
  Object.assign(control.webhooks.style, {
    envelope: 'bare',
    letters: 'lower',
    spelling: 'z',
    jobStatus: 'outcomes',
    ids: 'both',
  });
  await call(mono, `/v2/accounts/${id}/balance`, REAL_TIME);
  control.announce.unlinked(id);
  await control.webhooks.settled();
  const [jobs, updated, unlinked] = receiver.received.slice(-3).map(({ body }) => body);
  expect(jobs.data.status).toBe('reauthorization_required');
  expect(Object.keys(updated)).toEqual(['event', 'data']);
  expect(updated.data).not.toHaveProperty('app');
  expect(updated.data.meta).toMatchObject({
    data_status: 'available',
    sync_status: 'reauthorization_required',
  });
  expect(updated.data.account).toMatchObject({ _id: id, id });
  expect(unlinked.data.account).toEqual({ _id: id, id });
});

test('account_connected tells more or less, by its age', async () => {
  const { mono, receiver } = await startWithReceiver();
  const id = await linked(mono);
  const { webhooks, announce } = mono.control;
  for (const connected of ['empty', 'nothing'] as const) {
    Object.assign(webhooks.style, { connected, envelope: 'bare' });
    announce.connected(id);
  }
  await webhooks.settled();
  const { customerId: customer } = mono.control.account(id);
  expect(receiver.received.slice(-2).map(({ body }) => body.data)).toEqual([
    { id, customer, meta: {} },
    { id },
  ]);
});

test('a webhook is held, sent twice, out of order, and forged', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { control } = mono;
  const { webhooks } = control;
  webhooks.hold();
  const id = await linked(mono);
  const [connected, updated] = webhooks.held();
  expect(receiver.received).toEqual([]);
  webhooks.release((held) => held.toReversed());
  await webhooks.settled();
  expect(events(receiver)).toEqual([updated?.event, connected?.event]);
  if (updated === undefined) throw new Error('nothing was held');
  expect(await webhooks.post(updated)).toMatchObject({ status: 200 });
  expect(receiver.received[2]?.text).toBe(receiver.received[0]?.text);
  await webhooks.post({ ...updated, headers: { 'mono-webhook-secret': 'wrong' } });
  expect(receiver.received[3]?.headers['mono-webhook-secret']).toBe('wrong');
  webhooks.secret = 'sec_next';
  webhooks.alteration = unknownFields;
  control.announce.updated(id);
  await webhooks.settled();
  expect(receiver.received[4]?.headers['mono-webhook-secret']).toBe('sec_next');
  expect(receiver.received[4]?.body).toHaveProperty('x_new_field');
  webhooks.url = null;
  expect(control.announce.updated(id)).toBeNull();
});

test('a webhook that is not answered with 200 is tried again, with the same body', async () => {
  const { mono, receiver } = await startWithReceiver();
  const { webhooks, announce } = mono.control;
  const id = await linked(mono);
  await webhooks.settled();
  const before = receiver.received.length;
  webhooks.retries.delaysMs = [1, 1];
  receiver.answer(withStatus(204));
  announce.updated(id);
  await webhooks.settled();
  const tries = receiver.received.slice(before).map(({ text }) => text);
  expect(tries).toHaveLength(3);
  expect(new Set(tries).size).toBe(1);
  webhooks.retries.success = '2xx';
  announce.updated(id);
  await webhooks.settled();
  expect(receiver.received.length).toBe(before + 4);
  expect(webhooks.attempts().at(-1)?.status).toBe(204);
});

test.each([400, 401, 402, 403, 404, 409, 429, 500, 502, 503, 504])(
  'a call can be answered with %i',
  async (status) => {
    const mono = await start();
    const id = await linked(mono);
    mono.control.faults.add('balance', { kind: 'status', status }, { times: 2, account: id });
    const get = (): Promise<Answered> => call(mono, `/v2/accounts/${id}/balance`);
    expect(await get()).toMatchObject({ status, body: { status: 'failed' } });
    expect((await get()).status).toBe(status);
    expect((await get()).status).toBe(200);
  },
);

test('a fault may carry Retry-After, be a page of a gateway, or have no body', async () => {
  const mono = await start();
  const { faults } = mono.control;
  faults.add('*', { kind: 'status', status: 429, retryAfter: '7' });
  const limited = await call(mono, '/v3/institutions');
  expect(limited.headers.get('retry-after')).toBe('7');
  faults.add('*', { kind: 'status', status: 429 });
  expect((await call(mono, '/v3/institutions')).headers.has('retry-after')).toBe(false);
  faults.add('institutions', { kind: 'status', status: 502, body: 'html' });
  const page = await call(mono, '/v3/institutions');
  expect(page.headers.get('content-type')).toBe('text/html');
  expect(page.body).toContain('<html>');
  const remove = faults.add('*', { kind: 'status', status: 500, body: 'empty' }, { times: null });
  expect((await call(mono, '/v3/institutions')).body).toBe('');
  remove();
  expect((await call(mono, '/v3/institutions')).status).toBe(200);
});

test('a connection hangs, breaks, is cut off, or is slow', async () => {
  const mono = await start();
  const { faults } = mono.control;
  const get = (): Promise<Answered> => call(mono, '/v3/institutions');
  faults.add('*', { kind: 'hang' });
  const giveUp = new AbortController();
  const hanging = call(mono, '/v3/institutions', { signal: giveUp.signal });
  const refused = hanging.catch((error: unknown) => error);
  await eventually(() => mono.calls.list().length === 1);
  giveUp.abort();
  expect(await refused).toMatchObject({ name: 'AbortError' });
  faults.add('*', { kind: 'reset' });
  await expect(get()).rejects.toThrow('fetch failed');
  faults.add('*', { kind: 'truncated', how: 'length' });
  await expect(get()).rejects.toThrow('terminated');
  faults.add('*', { kind: 'truncated', how: 'json' });
  expect(await get()).toMatchObject({ status: 200, body: expect.any(String) });
  faults.add('*', { kind: 'delay', ms: 1 });
  expect((await get()).status).toBe(200);
  expect(mono.calls.list().map(({ status }) => status)).toEqual([null, null, null, 200, 200]);
});

test('a call may take effect although its answer is lost, and only one page may fail', async () => {
  const mono = await start();
  const id = await linked(mono, { transactions: rows(3) });
  mono.control.faults.add('unlink', { kind: 'reset' }, { processed: true });
  mono.control.faults.add('transactions', { kind: 'status', status: 500 }, { page: 2 });
  const page = async (number: number): Promise<number> =>
    (await call(mono, `/v2/accounts/${id}/transactions?limit=2&page=${number}`)).status;
  expect(await page(1)).toBe(200);
  expect(await page(2)).toBe(500);
  expect(await page(2)).toBe(200);
  await expect(call(mono, `/v2/accounts/${id}/unlink`, { body: {} })).rejects.toThrow(
    'fetch failed',
  );
  expect(mono.control.account(id).linked).toBe(false);
});

test('answers may have unknown fields and values, and lack optional ones', async () => {
  const mono = await start();
  const id = await linked(mono, { bvn: '9422', transactions: rows(1) });
  const { alterations } = mono.control;
  const get = async (path = ''): Promise<Json> =>
    (await call(mono, `/v2/accounts/${id}${path}`)).body;
  alterations.add('account', unknownFields, 1);
  const more = await get();
  expect(more.data.account.institution).toHaveProperty('x_new_field');
  expect(await get()).not.toHaveProperty('x_new_field');
  alterations.add('*', unknownEnums, 2);
  expect((await get()).data.meta.data_status).toBe('A_NEW_VALUE');
  expect((await get('/transactions')).data[0].category).toBe('A_NEW_VALUE');
  alterations.add('*', withoutOptional);
  const less = await get();
  expect(less.data.account).not.toHaveProperty('bvn');
  expect(less.data.account).toHaveProperty('balance');
  const [row] = (await get('/transactions')).data;
  expect(Object.keys(row)).toEqual(['id', 'narration', 'amount', 'type', 'date']);
  alterations.clear();
  alterations.add('account', () => '{"status":"successful","data":12345678901234567890.5}');
  expect(await get()).toHaveProperty('data');
});

test('calls are noted with what they are about', async () => {
  const mono = await start();
  const id = await linked(mono);
  mono.calls.clear();
  await call(mono, `/v2/accounts/${id}/balance?x=1`, REAL_TIME);
  await call(mono, '/v2/accounts/initiate', { body: { ...LINK, scope: 'reauth', account: id } });
  const [balance, initiate] = mono.calls.list();
  expect(balance).toMatchObject({
    endpoint: 'balance',
    method: 'GET',
    account: id,
    realTime: true,
    query: { x: '1' },
    status: 200,
    job: mono.control.jobs(id)[0]?.id,
  });
  expect(initiate).toMatchObject({ endpoint: 'initiate', account: id, realTime: false });
  const endpoint: Endpoint = 'balance';
  expect(mono.calls.list(endpoint)).toHaveLength(1);
});
