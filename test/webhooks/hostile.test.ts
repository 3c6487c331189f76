import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, type Linked } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { head, openRaw } from '../support/raw-http.ts';
import { randomFrom } from '../support/random.ts';
import { startProcess, type NodeProcess } from '../support/servers.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { hostileBody, MARK } from './hostile/bodies.ts';
import { hostileRequest } from './hostile/requests.ts';

const SEED = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** What docs/webhooks.md names. */
const DOCUMENTED = [200, 400, 401, 403, 404, 405, 408, 413, 415, 417, 431, 503];
const CASES = 1_500;
const AT_A_TIME = 24;
const MIB = 1024 * 1024;
/** Its memory, in the compose file. */
const CONTAINER_MIB = 512;

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
let linked: Linked;
let api: NodeProcess;
let url: string;

beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
  linked = await link(freshet, bank, { accounts: 1, transactions: 20 });
  await untilStatus(freshet, linked.accounts[0].account, 'active');
  api = await startProcess(
    'api/server.ts',
    {
      ...freshet.env,
      FRESHET_API_PORT: '0',
      FRESHET_API_MAX_CONNECTIONS: '1000',
      // As the compose file runs it.
      NODE_OPTIONS: '--max-semi-space-size=8',
    },
    { ready: 'api ready', timeoutMs: 60_000 },
  );
  url = String((await api.logged('api ready'))['url']);
}, 120_000);
afterAll(async () => {
  await api?.stop();
  await close?.();
});

let sent = 0;
/** As a bank does, it comes again after a 503: a machine with much else to do may be too slow for a moment. */
async function sendGoodOne(): Promise<number> {
  sent += 1;
  const body = JSON.stringify({ callback_code: 'IDENTITY_IS_READY', n: sent });
  return await eventually(async () => {
    const status = await deliver(body);
    return status === 503 ? undefined : status;
  });
}

async function deliver(body: string): Promise<number> {
  const response = await fetch(`${url}/webhooks/okra`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${freshet.webhookToken}`,
    },
    body,
  });
  await response.text();
  return response.status;
}

/** What has been made of webhooks, and what the bank has told. */
async function tables() {
  const { db } = freshet;
  const [connections, accounts, balances, transactions, effects, runs] = await Promise.all([
    db.selectFrom('connections').select(['id', 'status', 'consent_version']).execute(),
    db.selectFrom('accounts').select(['id', 'status', 'settings_version']).execute(),
    db.selectFrom('balances').selectAll().execute(),
    db.selectFrom('transactions').orderBy('id').selectAll().execute(),
    db.selectFrom('webhook_effects').selectAll().execute(),
    db.selectFrom('sync_runs').orderBy('id').select(['id', 'status']).execute(),
  ]);
  return { connections, accounts, balances, transactions, effects, runs };
}

/** In MiB. Where it cannot be told it is not looked at. */
function memory(): number {
  const file = `/proc/${api.pid}/status`;
  if (!existsSync(file)) return 0;
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) / 1024;
}

async function storedBodies(): Promise<ReadonlySet<string>> {
  const rows = await freshet.db.selectFrom('inbound_webhooks').select('dedupe_key').execute();
  return new Set(rows.map(({ dedupe_key: key }) => key.split(':').at(-1) ?? ''));
}

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

it('takes no harm from hostile requests', { timeout: 240_000 }, async () => {
  console.log(`seed: FRESHET_TEST_SEED=${SEED}`);
  for (let n = 0; n < 100; n += 1) expect(await sendGoodOne()).toBe(200);
  const before = await tables();
  const restMiB = memory();

  // They say who they are for, and prove nothing; or they prove who they are from, and are for nobody.
  const [account] = linked.accounts;
  const { customer } = linked;
  const real = { customer: customer.customer.id, bank: customer.bank.id, account: account.bank };
  const nobody = { customer: 'c'.repeat(24), bank: 'b'.repeat(24), account: 'a'.repeat(24) };

  const acknowledged: Buffer[] = [];
  const statuses = new Map<number, number>();
  const surprises: string[] = [];
  let peakMiB = 0;

  async function play(n: number): Promise<void> {
    const random = randomFrom(SEED + n);
    const isProved = random() < 0.5;
    const body = hostileBody(random, isProved ? nobody : real);
    const token = isProved ? freshet.webhookToken : `wrong-${freshet.webhookToken}`;
    const { name: kind, parts, isWhole } = hostileRequest(random, token, body);
    const name = `${n}: ${kind} (${body.length} bytes)`;
    const connection = await openRaw(url);
    for (const part of parts) {
      connection.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What is whole is answered, and closed by the server. Of the rest some would be waited for.
    const patience = setTimeout(() => connection.close(), isWhole ? 60_000 : 300);
    await connection.closed;
    clearTimeout(patience);
    peakMiB = Math.max(peakMiB, memory());
    for (const status of connection.statuses()) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const isFine = DOCUMENTED.includes(status) || status === 100;
      if (!isFine || (status === 200 && !isProved)) surprises.push(`${name}: ${status}`);
    }
    const [status] = connection.statuses();
    if (isWhole && status === undefined)
      surprises.push(`${name}: no answer, ${connection.error()}`);
    if (isWhole && isProved && ![200, 413, 503].includes(status ?? 0)) {
      surprises.push(`${name}, with proof: ${status}`);
    }
    if (isWhole && status === 200) acknowledged.push(body);
    if (connection.received().includes(MARK)) surprises.push(`${name}: the body came back`);
  }

  let left = CASES;
  async function playOn(): Promise<void> {
    while (left > 0) {
      left -= 1;
      await play(left);
      if (left % 50 === 0 && (await sendGoodOne()) !== 200) surprises.push('a good one refused');
    }
  }

  const idle = await Promise.all(Array.from({ length: 100 }, () => openRaw(url)));
  const half = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const one = await openRaw(url);
      const whole = head('/webhooks/okra', { 'Content-Length': 1_000 });
      one.write(n % 2 === 0 ? whole : whole.slice(0, -2 - (n % 50)));
      // Half-open: nothing more will come from here.
      if (n % 5 === 0) one.socket.end();
      return one;
    }),
  );
  const drip = setInterval(() => half.forEach((one) => one.socket.writable && one.write(' ')), 200);
  await Promise.all(Array.from({ length: AT_A_TIME }, playOn));
  expect(surprises).toEqual([]);

  // All of them are cut off in time, however they drip.
  await Promise.all([...idle, ...half].map(({ closed }) => closed));
  clearInterval(drip);
  for (const one of half) expect([[], [400], [408]]).toContainEqual(one.statuses());

  expect(api.logLines().filter(({ code }) => code === 'internal_error')).toEqual([]);
  expect(api.output()).not.toContain(MARK);
  expect(api.logLines().length).toBeLessThan(60);
  expect(api.output()).not.toContain('connections refused');
  expect(await sendGoodOne()).toBe(200);
  expect(peakMiB - restMiB).toBeLessThan(150);

  expect(acknowledged.length).toBeGreaterThan(50);
  const stored = await storedBodies();
  expect(acknowledged.filter((body) => !stored.has(sha256(body)))).toEqual([]);
  expect(await tables()).toEqual(before);
  await expectTruth(freshet.db, bank, account, 30_000);
  console.log(
    `answers: ${JSON.stringify(Object.fromEntries(statuses))}; memory ${restMiB.toFixed()} MiB, at most ${peakMiB.toFixed()}`,
  );
});

it('bounds its memory under a flood of large and slow bodies', { timeout: 120_000 }, async () => {
  const proof = { Authorization: `Bearer ${freshet.webhookToken}` };
  const restMiB = memory();
  let peakMiB = 0;
  const watch = setInterval(() => (peakMiB = Math.max(peakMiB, memory())), 20);
  const most = Buffer.alloc(MIB - 1, 'x');
  const bytewise = '1\r\nx\r\n'.repeat(200_000);
  const flood = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const one = await openRaw(url);
      if (n % 4 === 0) {
        one.write(head('/webhooks/okra', { ...proof, 'Transfer-Encoding': 'chunked' }) + bytewise);
      } else {
        one.write(head('/webhooks/okra', { ...proof, 'Content-Length': MIB }));
        one.write(most);
      }
      return one;
    }),
  );
  const strangers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const one = await openRaw(url);
      one.write(head('/webhooks/okra', { Authorization: 'Bearer wrong', 'Content-Length': MIB }));
      one.write(most);
      return one;
    }),
  );
  // Small ones find their way through it.
  for (let n = 0; n < 20; n += 1) expect(await sendGoodOne()).toBe(200);
  await Promise.all(
    [...flood, ...strangers].map(async (one) => {
      await eventually(() => one.statuses().length > 0 || one.isClosed(), { timeoutMs: 60_000 });
      one.close();
    }),
  );
  clearInterval(watch);
  const statuses = new Set(flood.flatMap((one) => one.statuses()));
  expect([408, 413, 503]).toEqual(expect.arrayContaining([...statuses]));
  expect(new Set(strangers.flatMap((one) => one.statuses()))).toEqual(new Set([401]));
  expect(peakMiB - restMiB).toBeLessThan(300);
  expect(peakMiB).toBeLessThan(CONTAINER_MIB);
  expect(await sendGoodOne()).toBe(200);
  expect(api.logLines().filter(({ code }) => code === 'internal_error')).toEqual([]);
  console.log(
    `answers: ${[...statuses].join()}; memory ${restMiB.toFixed()} MiB, at most ${peakMiB.toFixed()}`,
  );
});
