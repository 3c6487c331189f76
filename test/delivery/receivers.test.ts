import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEndpointSecret } from '../../events/endpoint-secret.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, type LinkedAccount } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import {
  nodeSample,
  startSample,
  type RunningSample,
  type SampleProgram,
} from '../support/start-sample.ts';
import { heldInDatabase, newFolder, ofAccount, SAMPLES, shownByApi, type Held } from './samples.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

/** More transactions than one event takes. */
async function linked(): Promise<LinkedAccount> {
  const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 130 });
  await untilStatus(freshet, accounts[0].account, 'active');
  return accounts[0];
}

/** Of everything that can happen to a transaction, and amounts that no float holds. */
async function letThingsHappen(account: LinkedAccount): Promise<void> {
  const of = `/accounts/${account.bank}`;
  const [edited, deleted] = (await bank.truth(account.bank)).transactions;
  await bank.control('POST', `${of}/transactions`, { amount: '-0.1', description: 'Naïve ☕ “a”' });
  await bank.control('POST', `${of}/transactions`, { amount: '-40.00', pending: true });
  await bank.control('PATCH', `/transactions/${edited?.id}`, { amount: '0.30' });
  await bank.control('DELETE', `/transactions/${deleted?.id}`);
  await bank.control('PUT', `${of}/balance`, { ledger: '12345678901234567.89', available: '-0.1' });
}

/** Waits until it is held what the bank has, and tells what differs when it is not. */
async function expectHeld(account: LinkedAccount, held: () => Held): Promise<void> {
  await expectTruth(freshet.db, bank, account);
  const isHeld = async (): Promise<boolean> => {
    const shown = await shownByApi(freshet, account.account);
    return JSON.stringify(ofAccount(held(), account.account)) === JSON.stringify(shown);
  };
  await eventually(isHeld, { timeoutMs: 20_000 }).catch(() => undefined);
  expect(ofAccount(held(), account.account)).toEqual(await shownByApi(freshet, account.account));
}

async function createEndpoint(wanted: object): Promise<string> {
  const { status, body } = await freshet.call('POST', '/v1/endpoints', wanted);
  expect(status).toBe(201);
  return body.id;
}

const deliveriesTo = async (endpointId: string) =>
  await freshet.db
    .selectFrom('deliveries')
    .where('endpoint_id', '=', endpointId)
    .orderBy('event_id')
    .selectAll()
    .execute();

async function deliveredAgain(endpointId: string): Promise<void> {
  const before = new Map(
    (await deliveriesTo(endpointId)).map(({ event_id: id, attempts }) => [id, attempts]),
  );
  const since = new Date(0).toISOString();
  const asked = await freshet.call('POST', `/v1/endpoints/${endpointId}/redeliver`, { since });
  expect([asked.status, asked.body.next_cursor]).toEqual([200, null]);
  await eventually(
    async () =>
      (await deliveriesTo(endpointId)).every(
        ({ event_id: id, attempts, status }) =>
          status === 'delivered' && attempts > (before.get(id) ?? 0),
      ),
    { timeoutMs: 20_000, describe: 'everything to be delivered again' },
  );
}

interface Posted {
  readonly id: string;
  readonly body: string;
  readonly secret: string;
  readonly at?: number;
  /** Other headers than would be right; undefined: leave it out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly method?: string;
  /** What is sent, where it is not what was signed. */
  readonly altered?: string;
}

/** A post by hand. Answers with the status. */
async function post(url: string, posted: Posted): Promise<number> {
  const { id, body, secret, at = Date.now(), method = 'POST', altered = body } = posted;
  const headers = {
    'content-length': String(Buffer.byteLength(altered)),
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
    ...posted.headers,
  };
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: Object.fromEntries(given), agent: false });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(altered);
  });
}

const minutes = (count: number): number => Date.now() + count * 60_000;

const balanceEvent = (accountId: string, current: string, changedAt: string): string =>
  JSON.stringify({
    id: randomUUID(),
    type: 'balance.success',
    timestamp: changedAt,
    account_id: accountId,
    sequence: 1,
    data: {
      changed: true,
      payload: 'full',
      balance: {
        account_id: accountId,
        current,
        available: null,
        limit: null,
        currency: 'NGN',
        data_as_of: changedAt,
        changed_at: changedAt,
      },
    },
  });

for (const sample of SAMPLES) {
  const why = sample.missing === null ? '' : ` (left out: ${sample.missing})`;
  describe.skipIf(sample.missing !== null)(`the receiver in ${sample.name}${why}`, () => {
    const secret = createEndpointSecret();
    const former = createEndpointSecret();
    let program: SampleProgram;
    let place: Readonly<Record<string, string>>;
    const runs: RunningSample[] = [];
    let endpointId: string;
    let url: string;

    async function start(more: Readonly<Record<string, string>> = {}): Promise<RunningSample> {
      const env = { WEBHOOK_SECRETS: `${former} ${secret}`, ...place, ...more };
      const run = await startSample(program, env);
      runs.push(run);
      return run;
    }
    const held = (): Held => sample.held(place);
    const handled = (): readonly string[] => sample.handled(place);
    /** Of the events whose handling it told of: it may be killed between the one and the other. */
    const told = (): string[] =>
      runs.flatMap((run) =>
        [...run.output().matchAll(/^handled \S+ (\S+)$/gm)].map(([, id = '']) => id),
      );

    beforeAll(async () => {
      program = sample.prepare();
      place = sample.place();
      ({ url } = await start());
      endpointId = await createEndpoint({ url, secret });
    }, 180_000);
    afterAll(async () => {
      await freshet.call('DELETE', `/v1/endpoints/${endpointId}`);
      await runs.at(-1)?.kill();
    });

    it('holds what the bank has, to the digit', async () => {
      const account = await linked();
      await expectHeld(account, held);
      await letThingsHappen(account);
      await expectHeld(account, held);
      const { balances, transactions } = ofAccount(held(), account.account);
      expect(balances).toMatchObject([{ current: '12345678901234567.89', available: '-0.10' }]);
      expect(transactions.filter((row) => row['removed_at'] !== null)).toHaveLength(1);
    }, 90_000);

    it('handles an event once, however often it comes, also after it was killed', async () => {
      const account = await linked();
      await expectHeld(account, held);
      await deliveredAgain(endpointId);
      const last = runs.at(-1);
      await last?.kill();
      await letThingsHappen(account);
      await start({ PORT: last?.port ?? '' });
      await deliveredAgain(endpointId);
      await expectHeld(account, held);
      const delivered = (await deliveriesTo(endpointId)).map(({ event_id: id }) => id);
      await eventually(() => handled().length >= delivered.length).catch(() => undefined);
      expect(new Set(handled())).toEqual(new Set(delivered));
      expect(told()).toHaveLength(new Set(told()).size);
    }, 120_000);

    it('is not set back by an event that comes late', async () => {
      const account = randomUUID();
      const ids = [randomUUID(), randomUUID()];
      const late = balanceEvent(account, '1.00', '2026-01-01T00:00:00.000Z');
      const newer = balanceEvent(account, '2.00', '2026-01-01T00:00:01.000Z');
      expect(await post(url, { id: ids[0] ?? '', body: newer, secret })).toBe(204);
      expect(await post(url, { id: ids[1] ?? '', body: late, secret })).toBe(204);
      await eventually(() => ids.every((id) => handled().includes(id)));
      expect(ofAccount(held(), account).balances).toMatchObject([{ current: '2.00' }]);
    });

    it('is not held up by an event that it cannot handle', async () => {
      const [bad, good] = [randomUUID(), randomUUID()];
      const body = JSON.stringify({ id: bad, type: 'balance.success', data: { balance: 5 } });
      expect(await post(url, { id: bad, body, secret })).toBe(204);
      const fine = balanceEvent(randomUUID(), '1.00', '2026-01-01T00:00:00.000Z');
      expect(await post(url, { id: good, body: fine, secret })).toBe(204);
      await eventually(() => handled().includes(good));
      expect(handled()).not.toContain(bad);
    });

    it('takes what one of its secrets signed, known or not', async () => {
      const id = randomUUID();
      const body = JSON.stringify({ id, type: 'moon.full', timestamp: '', data: { balance: 1 } });
      const wrong = new Webhook(createEndpointSecret()).sign(id, new Date(), body);
      const right = new Webhook(former).sign(id, new Date(), body);
      const headers = { 'webhook-signature': `v1a,${'A'.repeat(88)} ${wrong} ${right}` };
      expect(await post(url, { id, body, secret, headers })).toBe(204);
      await eventually(() => handled().includes(id));
    });

    it('refuses what is forged, altered, old, or no event, and stores nothing of it', async () => {
      const account = randomUUID();
      const body = balanceEvent(account, '666', '2026-01-01T00:00:00.000Z');
      const id = randomUUID();
      const right = { id, body, secret };
      const cases: [expected: number[], posted: Posted][] = [
        [[401], { ...right, secret: createEndpointSecret() }],
        [[401], { ...right, altered: body.replace('666', '667') }],
        [[401], { ...right, headers: { 'webhook-id': randomUUID() } }],
        [[401], { ...right, headers: { 'webhook-timestamp': String(minutes(0) / 1_000 + 60) } }],
        [[401], { ...right, headers: { 'webhook-timestamp': '9'.repeat(5_000) } }],
        [[401], { ...right, at: minutes(-6) }],
        [[401], { ...right, at: minutes(6) }],
        [[401], { ...right, headers: { 'webhook-id': undefined } }],
        [[401], { ...right, headers: { 'webhook-timestamp': undefined } }],
        [[401], { ...right, headers: { 'webhook-signature': undefined } }],
        [[401], { ...right, headers: { 'webhook-signature': '' } }],
        [[401], { ...right, headers: { 'webhook-signature': 'v1, v1,ÿ v1,= ,' } }],
        [[400], { ...right, body: 'no JSON' }],
        [[405, 501], { ...right, method: 'PUT' }],
        [[413], { ...right, body: ' '.repeat(9 * 1024 * 1024) }],
      ];
      for (const [index, [expected, posted]] of cases.entries()) {
        const status = await post(url, posted).catch((error: { code?: string }) => error.code);
        const reset = expected.includes(413) ? ['EPIPE', 'ECONNRESET'] : [];
        expect([...expected, ...reset], `case ${index}`).toContain(status);
      }
      // Signed, and still no event: whatever it is answered, it does not end the program.
      await post(url, { ...right, id: randomUUID(), body: 'null' });
      // What is handled after them shows that they are not.
      const after = randomUUID();
      expect(await post(url, { ...right, id: after })).toBe(204);
      await eventually(() => handled().includes(after));
      expect(handled()).not.toContain(id);
    });
  });
}

const settings = () => ({
  FRESHET_URL: freshet.url,
  FRESHET_API_KEY: freshet.apiKey,
  DATABASE: `${newFolder()}/copy.db`,
});

describe('the followers of the change feed', () => {
  const runs: RunningSample[] = [];
  afterAll(async () => {
    await Promise.all(runs.map((run) => run.kill()));
  });

  it('holds what the bank has by asking alone, also after it was killed', async () => {
    const env = { ...settings(), POLL_SECONDS: '0.1' };
    const program = nodeSample('receivers/pull/follow.ts');
    const start = async () => {
      const run = await startSample(program, env, { listens: false });
      runs.push(run);
      return run;
    };
    const held = (): Held => heldInDatabase(env.DATABASE);
    const first = await start();
    const account = await linked();
    await first.kill();
    await letThingsHappen(account);
    await start();
    await expectHeld(account, held);
  }, 90_000);

  it('holds it when events wake it, whatever they hold', async () => {
    const secret = createEndpointSecret();
    const env = { ...settings(), WEBHOOK_SECRETS: secret };
    const run = await startSample(nodeSample('receivers/pull/woken.ts'), env);
    runs.push(run);
    const endpointId = await createEndpoint({ url: run.url, secret, payload: 'ids' });
    const account = await linked();
    await expectHeld(account, () => heldInDatabase(env.DATABASE));
    await letThingsHappen(account);
    await expectHeld(account, () => heldInDatabase(env.DATABASE));
    const forged = { id: randomUUID(), body: '{}', secret: createEndpointSecret() };
    expect(await post(run.url, forged)).toBe(401);
    await freshet.call('DELETE', `/v1/endpoints/${endpointId}`);
  }, 90_000);
});
