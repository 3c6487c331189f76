import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { DELIVERY_PACE, type DeliveryPace } from '../../config/delivery-pace.ts';
import { each } from '../support/each.ts';
import { eventSchemas } from '../support/event-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { link, type Linked } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { randomFrom } from '../support/random.ts';
import { startBank, type TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { createBankChanges } from '../webhooks/support/bank-changes.ts';
import { createBankSender } from '../webhooks/support/bank-sender.ts';
import { createConsentChanges } from '../webhooks/support/consent-changes.ts';
import { untilApplied } from '../webhooks/support/expect-applied-once.ts';
import { planKills } from '../webhooks/support/kill-plan.ts';
import { startKillableFreshet } from '../webhooks/support/killable-freshet.ts';
import { playKills } from '../webhooks/support/play-kills.ts';
import { createPostbag } from '../webhooks/support/postbag.ts';
import { untilAllActive } from '../webhooks/support/until-all-active.ts';
import { AUDIENCE } from './support/audience.ts';
import { committedVersions, noteTold, notCommitted } from './support/committed-versions.ts';
import { expectDelivered, untilDelivered, type Hearing } from './support/expect-delivered.ts';
import { expectEventsTrue } from './support/expect-events-true.ts';
import { hear, hearAgain, hearOfAccount } from './support/gather-audience.ts';
import { playMoods } from './support/mood-plan.ts';
import { startMoodyReceiver, type MoodyReceiver } from './support/moody-receiver.ts';
import { watchCommits } from './support/watch-commits.ts';

/*
 * Invariant 13, on real servers: what happens is told, to whom it may concern, whatever is killed, and however they
 * behave. FRESHET_TEST_SEED repeats the changes, the moods and the plan of the kills; FRESHET_TEST_WEBHOOKS takes
 * another number of changes.
 */

const SEED = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const WEBHOOKS = Number(process.env['FRESHET_TEST_WEBHOOKS'] ?? 1_500);
const CUSTOMERS = 16;
const KILLS = 16;
/** Of the webhooks: two of them at a time tell of a login that ended and was renewed. */
const OF_CONSENT = 0.04;

const PACE: DeliveryPace = {
  ...DELIVERY_PACE,
  // None is given up: as many tries as it takes.
  retryDelaysMs: [30, 60, 120, 250, ...Array<number>(500).fill(500)],
  attemptTimeoutMs: 1_000,
  orderWaitMs: 300,
  firstRestMs: 50,
  longestRestMs: 500,
  // Many rounds, many ends of workflows, many wakes.
  roundMs: 3_000,
  lingerMs: 300,
};

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

/** The first customer's one account has an endpoint of its own. */
async function linkCustomers(freshet: Freshet, bank: TestBank, ownUrl: string): Promise<Linked[]> {
  const linked: Linked[] = [];
  await each(Array(CUSTOMERS).keys(), 4, async (index) => {
    const isFirst = index === 0;
    const wanted = { accounts: isFirst ? 1 : 2, transactions: 5 };
    const refresh = isFirst ? { interval: 'daily', webhook_url: ownUrl } : false;
    linked[index] = await link(freshet, bank, wanted, refresh);
  });
  return linked;
}

/** None may: what goes wrong is a state, not an end. */
async function failedWorkflows({ temporal }: Freshet): Promise<string[]> {
  const ids: string[] = [];
  const query = `ExecutionStatus in ('Failed', 'Terminated', 'TimedOut', 'Canceled')`;
  for await (const { workflowId } of temporal.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Where redirects lead to. */
async function startCanary(): Promise<{ readonly url: string; calls(): number }> {
  let calls = 0;
  const canary = createServer((_, response) => {
    calls += 1;
    response.writeHead(204).end();
  });
  canary.listen(0, '127.0.0.1');
  await once(canary, 'listening');
  toClose.push(async () => canary.close());
  const { port } = canary.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, calls: () => calls };
}

it(`every event reaches every endpoint, whatever is killed (FRESHET_TEST_SEED=${SEED})`, async () => {
  const bank = await startBank();
  toClose.push(() => bank.close());
  await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  const killable = await startKillableFreshet(bank, { deliveryPace: PACE });
  toClose.push(() => killable.close());
  const { freshet } = killable;

  const canary = await startCanary();
  const schemas = await eventSchemas();
  const commits = watchCommits(freshet.db);
  const told = new Map<string, Set<string>>();
  const mistakes = new Map<string, string>();
  const receivers: MoodyReceiver[] = [];
  for (const { name } of AUDIENCE) {
    const receiver = await startMoodyReceiver({
      elsewhere: canary.url,
      timeoutMs: PACE.attemptTimeoutMs,
      onEvent: (body) => {
        noteTold(told, body);
        if (name === 'steady') commits.look(body);
        const mistake = schemas.mistakes(body);
        if (mistake) mistakes.set(body.type, mistake);
      },
    });
    receivers.push(receiver);
    toClose.push(() => receiver.close());
  }
  const audience = AUDIENCE.flatMap((listener, index) => {
    const receiver = receivers[index];
    return receiver ? [{ listener, receiver }] : [];
  });
  const hearings: Hearing[] = [];
  for (const { listener, receiver } of audience) {
    if (!listener.ofAccount) hearings.push(await hear(freshet, listener, receiver));
  }
  const own = audience.find(({ listener }) => listener.ofAccount);
  const linked = await linkCustomers(freshet, bank, own?.receiver.url ?? '');
  const accounts = linked.flatMap((one) => one.accounts);
  if (own) {
    const { account } = accounts[0] ?? { account: '' };
    hearings.push(await hearOfAccount(freshet, own.listener, own.receiver, account));
  }
  await untilAllActive(freshet.db);

  const over = new AbortController();
  toClose.push(async () => over.abort());
  const moods = audience.map(({ listener, receiver }, index) =>
    playMoods(receiver, listener.moods, { seed: SEED + 100 + index, over: over.signal }),
  );
  const refreshing = refreshAtRandom(over.signal);

  const sender = createBankSender({
    urls: killable.urls,
    token: bank.webhookToken,
    random: randomFrom(SEED),
    atATime: 16,
    pauseMs: 300,
  });
  toClose.push(async () => sender.stop());
  const postbag = createPostbag(sender, { lastRound: KILLS, seed: SEED + 10 });
  const changes = createBankChanges(
    bank,
    accounts.map((ids) => ids.bank).toSorted(),
    randomFrom(SEED + 2),
  );
  const consents = createConsentChanges(
    linked.map(({ customer }) => ({ customer: customer.customer.id, bank: customer.bank.id })),
    randomFrom(SEED + 4),
  );
  const kindOf = randomFrom(SEED + 5);
  const bodies = new Set<string>();
  function take(body: string, round: number): void {
    bodies.add(body);
    postbag.add(body, round);
  }
  async function change(round: number): Promise<void> {
    const share = (round + 1) / (KILLS + 1);
    while (bodies.size < share * WEBHOOKS) {
      for (const body of await changes.next()) {
        if (kindOf() < OF_CONSENT / 2) for (const one of consents.next()) take(one, round);
        take(body, round);
      }
    }
  }
  async function refreshAtRandom(signal: AbortSignal): Promise<void> {
    const random = randomFrom(SEED + 6);
    while (!signal.aborted) {
      const { account, bank: bankId } = accounts[Math.floor(random() * accounts.length)] ?? {};
      if (random() < 0.3) {
        await bank.fault({ endpoint: '*', kind: 'malformed', account: bankId, times: 10 });
      }
      // It may be refused, or find nobody there.
      await freshet.call('POST', `/v1/accounts/${account}/refresh`, {}).catch(() => undefined);
      await sleep(100 + random() * 200, undefined, { signal }).catch(() => undefined);
    }
  }

  await change(0);
  let changing = Promise.resolve();
  const plan = planKills(KILLS, randomFrom(SEED + 3)).map((kill) => ({
    ...kill,
    afterMs: kill.afterMs * 1.5,
  }));
  await playKills(killable, plan, (round) => {
    postbag.send();
    changing = changing.then(() => change(round + 1));
  });
  over.abort();
  await Promise.all([changing, refreshing, ...moods]);
  postbag.send();
  await eventually(() => sender.acknowledged.size === bodies.size || killable.ended.length > 0, {
    timeoutMs: 60_000,
    describe: 'every webhook to be acknowledged',
  });
  expect(killable.ended).toEqual([]);
  await postbag.delivered();
  await bank.control('DELETE', '/faults');
  await untilApplied(freshet.db, 120_000);
  await untilAllActive(freshet.db);
  // What was asked for and waits is done before this is.
  await each(accounts, 4, async ({ account }) => {
    const refreshed = await freshet.call('POST', `/v1/accounts/${account}/refresh`, { wait: 60 });
    expect(refreshed.body).toMatchObject({ state: 'done' });
  });
  for (const ids of accounts) await expectTruth(freshet.db, bank, ids);

  for (const hearing of hearings) {
    if (hearing.listener.name === 'gone') await hearAgain(freshet, hearing);
  }
  await untilDelivered(freshet.db, hearings, 120_000);
  await commits.done();
  await expectEventsTrue(freshet.db);
  await expectDelivered(freshet.db, hearings);
  expect(notCommitted(told, await committedVersions(freshet.db))).toEqual([]);
  expect(commits.tooEarly).toEqual([]);
  expect([...mistakes]).toEqual([]);
  expect(canary.calls()).toBe(0);
  expect(await failedWorkflows(freshet)).toEqual([]);
  expect(killable.ended).toEqual([]);
  // It was worth it.
  expect(commits.looks()).toBeGreaterThan(0);
}, 600_000);
