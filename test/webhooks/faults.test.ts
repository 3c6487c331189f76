import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { eventually } from '../support/eventually.ts';
import { link, type Linked, type LinkedAccount } from '../support/link.ts';
import { asMirrored, mirrorOf } from '../support/mirror.ts';
import { randomFrom } from '../support/random.ts';
import { startBank, type TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { createBankChanges } from './support/bank-changes.ts';
import { createBankSender } from './support/bank-sender.ts';
import { createConsentChanges } from './support/consent-changes.ts';
import {
  expectAppliedOnce,
  expectStoredOnce,
  untilApplied,
} from './support/expect-applied-once.ts';
import { planKills } from './support/kill-plan.ts';
import { startKillableFreshet } from './support/killable-freshet.ts';
import { playKills } from './support/play-kills.ts';
import { createPostbag } from './support/postbag.ts';
import { untilAllActive } from './support/until-all-active.ts';
import { withoutDetails } from './support/without-details.ts';

/*
 * Invariants 1 and 2, on real servers. FRESHET_TEST_SEED repeats the changes, the plan of the kills, and
 * which webhooks come late or more than once; FRESHET_TEST_WEBHOOKS takes another number of webhooks.
 */

const SEED = Number(process.env['FRESHET_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const WEBHOOKS = Number(process.env['FRESHET_TEST_WEBHOOKS'] ?? 5_000);
const CUSTOMERS = 50;
const ACCOUNTS_EACH = 2;
const KILLS = 10;
/** Of the webhooks: two of them at a time tell of a login that ended and was renewed. */
const OF_CONSENT = 0.02;
/** Of the others: they tell only that something has changed, without a time, in the same words each time. */
const TIMELESS = 0.02;
const TIMELESS_COPIES = 3;

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

async function linkCustomers(freshet: Freshet, bank: TestBank): Promise<Linked[]> {
  const linked: Linked[] = [];
  let left = CUSTOMERS;
  async function linkSome(): Promise<void> {
    while (left-- > 0) {
      const wanted = { accounts: ACCOUNTS_EACH, transactions: 2 };
      linked.push(await link(freshet, bank, wanted));
    }
  }
  await Promise.all(Array.from({ length: 16 }, linkSome));
  await untilAllActive(freshet.db);
  return linked;
}

async function expectTruthOfAll(
  db: Database,
  bank: TestBank,
  linked: readonly LinkedAccount[],
): Promise<void> {
  for (const ids of linked) {
    expect(await mirrorOf(db, ids.account)).toEqual(asMirrored(await bank.truth(ids.bank)));
  }
}

it(`no webhook is lost or applied twice, whatever is killed (FRESHET_TEST_SEED=${SEED})`, async () => {
  const bank = await startBank();
  toClose.push(() => bank.close());
  await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
  const killable = await startKillableFreshet(bank);
  toClose.push(() => killable.close());
  const { freshet } = killable;
  const linked = await linkCustomers(freshet, bank);
  const accounts = linked.flatMap((one) => one.accounts);

  const sender = createBankSender({
    urls: killable.urls,
    token: bank.webhookToken,
    random: randomFrom(SEED),
    atATime: 32,
    pauseMs: 500,
  });
  toClose.push(async () => sender.stop());
  const postbag = createPostbag(sender, { lastRound: KILLS, seed: SEED + 10 });
  const changed = accounts.map((ids) => ids.bank).toSorted();
  const changes = createBankChanges(bank, changed, randomFrom(SEED + 2));
  const logins = linked
    .map(({ customer }) => ({ customer: customer.customer.id, bank: customer.bank.id }))
    .toSorted((a, b) => (a.customer < b.customer ? -1 : 1));
  const consents = createConsentChanges(logins, randomFrom(SEED + 4));
  const kindOf = randomFrom(SEED + 5);
  const bodies: string[] = [];
  function take(body: string, round: number, copies?: number): void {
    bodies.push(body);
    postbag.add(body, round, copies);
  }
  async function change(round: number, share: number): Promise<void> {
    while (bodies.length < share * WEBHOOKS) {
      for (const body of await changes.next()) {
        if (kindOf() < OF_CONSENT / 2) for (const told of consents.next()) take(told, round);
        if (kindOf() < TIMELESS) take(withoutDetails(body), round, TIMELESS_COPIES);
        else take(body, round);
      }
    }
  }

  // Half of the changes are there when it begins, the others come while things are killed.
  for (let round = 0; round < KILLS; round++) await change(round, (round + 1) / KILLS / 2);
  let changing = Promise.resolve();
  await playKills(killable, planKills(KILLS, randomFrom(SEED + 3)), (round) => {
    postbag.send();
    changing = changing.then(() => change(round + 1, 0.5 + (round + 1) / KILLS / 2));
  });
  await changing;
  postbag.send();
  const sent = new Set(bodies);
  await eventually(() => sender.acknowledged.size === sent.size || killable.ended.length > 0, {
    timeoutMs: 120_000,
    describe: 'every webhook to be acknowledged',
  });
  expect(killable.ended).toEqual([]);
  await postbag.delivered();

  await untilApplied(freshet.db, 120_000);
  await untilAllActive(freshet.db);
  await expectTruthOfAll(freshet.db, bank, accounts);
  await expectStoredOnce(freshet.db, bodies, sender.attempts);
  await expectAppliedOnce(freshet.db);
  expect(sender.unexpected).toEqual([]);
  expect(killable.ended).toEqual([]);
  // The kills were felt.
  expect(sender.answers.get('none')).toBeGreaterThan(0);
}, 600_000);
