import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PRODUCTS, type Product } from '../../config/product.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, type LinkedAccount } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { randomFrom } from '../support/random.ts';
import { runChain, type RecordedRun } from '../support/run-chain.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { storyOf, type Story } from '../support/trigger-story.ts';

/*
 * Invariant 3, on the real server: triggers of every kind at random moments, while syncs take random
 * times and each run of the workflow ends after three of them, so that many fall into the last
 * activity of a run and into a continue-as-new. The server's own history is the judge.
 */

const SEED = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const STORIES = 8;
const ACTIONS = 30;

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ pace: { syncsPerRun: 3 } }));
  const fault = { endpoint: '*', kind: 'latency', latency_ms: 120, probability: 0.4 };
  await bank.control('POST', '/faults', fault);
});
afterAll(() => close());

async function play(ids: LinkedAccount, random: () => number): Promise<void> {
  const handle = freshet.temporal.workflow.getHandle(`account-sync:${ids.account}`);
  const some = (): Product[] => {
    const at = Math.floor(random() * 3);
    return at === 2 ? [...PRODUCTS] : [PRODUCTS[at] ?? 'balance'];
  };
  const cents = () => (random() * 1_000).toFixed(2);
  const actions: (() => Promise<unknown>)[] = [
    () => bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: cents() }),
    () => bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: `-${cents()}` }),
    () => handle.signal('webhookStored', { products: some() }),
    () => {
      const asked = { products: some(), full: false, trigger: 'manual' };
      return Promise.all([1, 2, 3].map(() => handle.signal('refreshRequested', asked)));
    },
    () => freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { products: some() }),
    () =>
      freshet.call('POST', `/v1/accounts/${ids.account}/refresh`, { products: some(), wait: 20 }),
    () => freshet.call('POST', `/v1/accounts/${ids.account}/pause`),
    () => freshet.call('POST', `/v1/accounts/${ids.account}/start`),
    () => freshet.call('POST', `/v1/accounts/${ids.account}/start`),
  ];
  const started: Promise<unknown>[] = [];
  for (let i = 0; i < ACTIONS; i++) {
    const action = actions[Math.floor(random() * actions.length)];
    // Not awaited: what comes next may well come before the answer.
    if (action) started.push(action());
    await sleep(random() * 100);
  }
  await Promise.all(started);
  await freshet.call('POST', `/v1/accounts/${ids.account}/start`);
}

/** Triggers that no later sync answers, and syncs that nothing had asked for. */
function faultsOf(story: Story): string[] {
  return PRODUCTS.flatMap((product) => {
    const steps = story.filter((step) => step.product === product);
    const last = steps.at(-1);
    const unanswered = last?.what === 'trigger' ? [`${product}: the last trigger is dropped`] : [];
    // The first sync is the first scan, which the link asks for.
    const first = steps.findIndex(({ what }) => what === 'sync');
    const unasked = steps.flatMap(({ what }, at) =>
      at > first && what === 'sync' && steps[at - 1]?.what === 'sync'
        ? [`${product}: sync ${at} follows a sync, and nothing had asked for it`]
        : [],
    );
    return [...unanswered, ...unasked];
  });
}

/**
 * Waits until the account has nothing more to do and nothing more comes: the bank's webhooks are on their
 * way for a while. Answers with all that its workflow has done.
 */
async function untilQuiet(workflowId: string): Promise<RecordedRun[]> {
  const handle = freshet.temporal.workflow.getHandle(workflowId);
  let seen = 0;
  return await eventually(
    async () => {
      const { webhooks } = await bank.control('GET', '/webhooks');
      if (!webhooks.every(({ state }: { state: string }) => state === 'delivered')) return null;
      const { syncing, products } = await handle.query<{
        syncing: unknown[];
        products: Record<Product, { due: unknown[] }>;
      }>('state');
      if (syncing.length > 0) return null;
      if (PRODUCTS.some((name) => products[name].due.length > 0)) return null;
      const runs = await runChain(freshet.temporal, workflowId);
      const before = seen;
      seen = runs.reduce((sum, { history }) => sum + (history.events?.length ?? 0), 0);
      return seen === before ? runs : null;
    },
    { everyMs: 300, timeoutMs: 30_000, describe: 'the account to have nothing more to do' },
  );
}

it.concurrent.each(Array.from({ length: STORIES }, (_, index) => index))(
  `however triggers fall, exactly one more sync follows (story %i, FRESHET_TEST_SEED=${SEED})`,
  async (index) => {
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 3 });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    await play(ids, randomFrom(SEED + index));

    const runs = await untilQuiet(`account-sync:${ids.account}`);
    const story = storyOf(runs);
    expect(faultsOf(story)).toEqual([]);
    expect(runs.length).toBeGreaterThan(1);
    expect(story.filter(({ what }) => what === 'trigger').length).toBeGreaterThan(ACTIONS / 3);
    await expectTruth(freshet.db, bank, ids);
  },
  60_000,
);
