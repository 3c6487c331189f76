import { afterEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, type LinkedAccount } from '../support/link.ts';
import { asMirrored, mirrorOf } from '../support/mirror.ts';
import { randomFrom } from '../support/random.ts';
import { startBank, type TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { createBankChanges } from './support/bank-changes.ts';
import { createBankSender } from './support/bank-sender.ts';
import { expectAppliedOnce, expectStoredOnce, untilApplied } from './support/expect-applied-once.ts';
import { planKills } from './support/kill-plan.ts';
import { startKillableFreshet } from './support/killable-freshet.ts';
import { playKills } from './support/play-kills.ts';
import { createPostbag } from './support/postbag.ts';

/*
 * Invariants 1 and 2, on real servers. FRESHET_TEST_SEED repeats the changes, the plan of the kills and
 * which webhooks come late or twice; FRESHET_TEST_WEBHOOKS has it take another number of webhooks.
 */

const SEED = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const WEBHOOKS = Number(process.env['FRESHET_TEST_WEBHOOKS'] ?? 5_000);
const CUSTOMERS = 50;
const KILLS = 10;

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

async function linkCustomers(freshet: Freshet, bank: TestBank): Promise<LinkedAccount[]> {
  const linked: LinkedAccount[] = [];
  let left = CUSTOMERS;
  async function linkSome(): Promise<void> {
    while (left-- > 0) {
      linked.push(...(await link(freshet, bank, { accounts: 2, transactions: 2 })).accounts);
    }
  }
  await Promise.all(Array.from({ length: 6 }, linkSome));
  await eventually(
    async () => {
      const rows = await freshet.db.selectFrom('accounts').select('status').execute();
      return rows.every(({ status }) => status === 'active');
    },
    { timeoutMs: 60_000, describe: 'every account to be active' },
  );
  return linked;
}

it(`no webhook is lost or applied twice, whatever is killed (FRESHET_TEST_SEED=${SEED})`, async () => {
  const bank = await startBank();
  toClose.push(() => bank.close());
  await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  const killable = await startKillableFreshet(bank);
  toClose.push(() => killable.close());
  const { freshet } = killable;
  const { db } = freshet;
  const linked = await linkCustomers(freshet, bank);

  const sender = createBankSender({
    urls: killable.urls,
    token: bank.webhookToken,
    random: randomFrom(SEED + 1),
    atATime: 32,
    pauseMs: 500,
  });
  toClose.push(async () => sender.stop());
  const random = randomFrom(SEED);
  const plan = planKills(KILLS, random);
  const postbag = createPostbag(sender, KILLS, random);
  const accounts = linked.map(({ bank: id }) => id).toSorted();
  const changes = createBankChanges(bank, accounts, random);
  const bodies: string[] = [];
  async function change(round: number, webhooks: number): Promise<void> {
    while (bodies.length < webhooks) {
      for (const body of await changes.next()) {
        bodies.push(body);
        postbag.add(body, round);
      }
    }
  }

  const t0 = Date.now();
  const lap = (what: string) => console.log(what, Date.now() - t0, sender.acknowledged.size, bodies.length, sender.answers);

  // Half of the changes are there when it begins, the others come while things are killed.
  for (let round = 0; round < KILLS; round++) {
    await change(round, (WEBHOOKS / 2) * ((round + 1) / KILLS));
  }
  lap('changes made');
  let changing = Promise.resolve();
  await playKills(killable, plan, (round) => {
    lap(`round ${round} ${JSON.stringify(plan[round])}`);
    postbag.send();
    changing = changing
      .then(() => change(round + 1, (WEBHOOKS / 2) * (1 + (round + 1) / KILLS)));
  });
  lap('kills done');
  await changing;
  postbag.send();
  await postbag.delivered();
  lap('delivered');

  await untilApplied(db, 120_000);
  lap('applied');
  await new Promise((r) => setTimeout(r, process.env['DBG'] ? 8000 : 0));
  if (process.env['DBG']) {
    for (const ids of linked) {
      const m = JSON.stringify(await mirrorOf(db, ids.account));
      const t = JSON.stringify(asMirrored(await bank.truth(ids.bank)));
      if (m !== t) console.log('DIFF', ids.account, ids.bank);
    }
  }
  for (const ids of linked) {
    expect(await mirrorOf(db, ids.account)).toEqual(asMirrored(await bank.truth(ids.bank)));
  }
  lap('truth');
  await expectStoredOnce(db, bodies);
  await expectAppliedOnce(db);
  lap('once');
  expect(sender.acknowledged.size).toBe(new Set(bodies).size);
  expect(sender.unexpected).toEqual([]);
  expect(killable.ended).toEqual([]);
  console.log(bodies.length, postbag.size, sender.answers);
  // The kills were felt.
  expect(sender.answers.get('none')).toBeGreaterThan(0);
}, 300_000);
