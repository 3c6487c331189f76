import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { startApiProcess } from '../support/start-api-process.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import type { NodeProcess } from '../support/start-node-process.ts';
import { randomFrom } from '../support/random.ts';
import { createBankChanges, type BankChanges } from './support/bank-changes.ts';
import { createBankSender } from './support/bank-sender.ts';
import { beginWebhook } from './support/begun-webhook.ts';
import { expectStoredOnce } from './support/expect-applied-once.ts';
import { postWebhook } from './support/post-webhook.ts';

/*
 * Two instances of the API with one database. No worker runs, and so no reconciler: what is signalled was
 * signalled by the API.
 */

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
let changes: BankChanges;
let instances: readonly NodeProcess[];
let urls: readonly string[];
const sent: string[] = [];
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
  await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  const linked = [];
  for (const accounts of [4, 4, 2]) {
    linked.push(...(await link(freshet, bank, { accounts })).accounts);
  }
  for (const { account } of linked) await untilStatus(freshet, account, 'active');
  await freshet.worker().stop();
  const accounts = linked.map((ids) => ids.bank);
  changes = createBankChanges(bank, accounts, randomFrom(1));
  const ports = [await freePort(), await freePort()];
  instances = await Promise.all(ports.map((port) => startApiProcess(freshet, port)));
  urls = ports.map((port) => `http://127.0.0.1:${port}`);
}, 120_000);
afterAll(async () => {
  await Promise.all((instances ?? []).map((one) => one.stop()));
  await close();
});

async function webhooks(count: number): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) bodies.push(...(await changes.next()));
  sent.push(...bodies);
  return bodies;
}

/** Whether nobody listens there any more. */
const isClosed = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    socket.once('connect', () => socket.destroy());
  });

/** Waits until every stored webhook is signalled. */
const untilSignalled = () =>
  eventually(
    async () => {
      const waiting = await freshet.db
        .selectFrom('webhook_effects')
        .where('signalled_at', 'is', null)
        .select('webhook_id')
        .execute();
      return waiting.length === 0;
    },
    { timeoutMs: 20_000, describe: 'every webhook to be signalled' },
  );

it('the same webhook at two of them at the same moment is stored once, and acknowledged by both', async () => {
  const bodies = await webhooks(200);
  const token = bank.webhookToken;
  const answers: unknown[] = [];
  async function postSome(left: string[]): Promise<void> {
    for (let body = left.pop(); body !== undefined; body = left.pop()) {
      const pair = { body, token, timeoutMs: 20_000 };
      answers.push(...(await Promise.all(urls.map((url) => postWebhook(url, pair)))));
    }
  }
  const left = [...bodies];
  await Promise.all(Array.from({ length: 12 }, () => postSome(left)));

  const [first] = answers;
  expect(first).toMatchObject({ status: 200 });
  expect(answers).toHaveLength(2 * bodies.length);
  for (const answer of answers) expect(answer).toEqual(first);
  await expectStoredOnce(freshet.db, sent);
  await untilSignalled();
}, 60_000);

it('one that is stopped answers what is under way, and signals all that it has acknowledged', async () => {
  const [stopping, staying] = instances;
  const [url = ''] = urls;
  const token = bank.webhookToken;
  const slow = await webhooks(10);
  const load = await webhooks(300);
  const begun = await Promise.all(slow.map((body) => beginWebhook(url, { body, token })));
  const sender = createBankSender({
    urls,
    token,
    random: randomFrom(1),
    atATime: 24,
    pauseMs: 100,
  });
  const delivered = load.map((body) => sender.deliver(body));
  await eventually(() => sender.acknowledged.size > 50);
  const stopped = stopping?.stop();
  await eventually(() => isClosed(url), { describe: 'it to take no more' });
  const answers = await Promise.all(begun.map((one) => one.finish()));
  // And none of them leads to a next one on the same connection.
  expect(answers).toEqual(slow.map(() => ({ status: 200, connection: 'close' })));
  expect(await stopped).toEqual({ code: 0, signal: null });
  await Promise.all(delivered);

  expect(sender.unexpected).toEqual([]);
  await expectStoredOnce(freshet.db, sent);
  await untilSignalled();
  expect(staying?.output()).not.toContain('left to the reconciler');
  expect(stopping?.output()).not.toContain('left to the reconciler');
}, 60_000);
