import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Call } from './bank.ts';
import { contract } from './contract.ts';
import type { Play, PlayedAccount } from './stage.ts';

const failing = async ({ account }: Play, { id }: PlayedAccount): Promise<boolean> =>
  (await account(id)).status === 'failing';

function byEndpoint(calls: readonly Call[]): ReadonlyMap<string, readonly number[]> {
  return new Map(
    calls.map(({ endpoint }) => [
      endpoint,
      calls.filter((call) => call.endpoint === endpoint).map(({ at }) => at),
    ]),
  );
}

/** From each to the next but one. */
const gapsOf = (times: readonly number[]): number[] =>
  times.slice(2).map((time, index) => time - (times[index] ?? 0));

async function notHammered(play: Play, retryAfterSeconds: number | null): Promise<void> {
  const { bank, link, refresh, account: shown } = play;
  const { customer, account } = await link({ transactions: 2 });
  const end = await bank.limit(customer, retryAfterSeconds);
  const before = (await bank.calls(customer)).length;
  await refresh(account);
  await eventually(() => failing(play, account));
  // Neither refreshes nor webhooks that hold not everything make more calls of it.
  await bank.book(account.bank, { amount: '-4.00' });
  await bank.announce(customer);
  for (let time = 0; time < 5; time += 1) await refresh(account);
  const { next_sync_at: next } = await shown(account.id);
  if (next !== null) expect(Date.parse(next)).toBeGreaterThan(Date.now() + 30_000);
  const { length } = (await bank.calls(customer)).slice(before);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(4);
  await end();
}

contract(
  'a provider in trouble',
  (add) => {
    add(
      'a short wait that the bank asks for is kept, and what was due comes after it by itself',
      async ({ bank, freshet, link, expectTruth, untilStatus }) => {
        const { customer, account } = await link({ transactions: 2 });
        await bank.book(account.bank, { amount: '-4.00' });
        await bank.announce(customer, 'quiet');
        const before = (await bank.calls(customer)).length;
        const end = await bank.limit(customer, 2);
        await freshet.call('POST', `/v1/accounts/${account.id}/refresh`);
        const refused = async () => byEndpoint((await bank.calls(customer)).slice(before));
        await eventually(async () =>
          [...(await refused()).values()].some(({ length }) => length > 4),
        );
        const times = [...(await refused()).values()];
        await end();
        await untilStatus(account, 'active');
        await expectTruth(account);
        for (const each of times) {
          // One for each product. Clocks and timers are of whole milliseconds.
          for (const gap of gapsOf(each)) expect(gap).toBeGreaterThan(1_990);
        }
      },
      { needs: ['retry after'] },
    );

    add('a long wait that the bank asks for is kept by all', (play) => notHammered(play, 600), {
      needs: ['retry after'],
    });

    add('a limit without a time is not hammered', (play) => notHammered(play, null));

    add('an outage heals by itself, and nothing is lost', async (play) => {
      const { bank, freshet, link, expectTruth, untilStatus } = play;
      const { customer, account } = await link({ transactions: 2 });
      const end = await bank.outage(customer);
      await bank.book(account.bank, { amount: '-4.00' });
      await bank.announce(customer, 'quiet');
      const before = (await bank.calls(customer)).length;
      await freshet.call('POST', `/v1/accounts/${account.id}/refresh`);
      await eventually(async () => (await bank.calls(customer)).length >= before + 2);
      await end();
      await untilStatus(account, 'active');
      await expectTruth(account);
    });

    add(
      'an outage that lasts shows, and a webhook after it makes good',
      async (play) => {
        const { bank, link, refresh, expectTruth, untilStatus, account: shown } = play;
        const { customer, account } = await link({ transactions: 2 });
        const end = await bank.outage(customer);
        await refresh(account);
        await untilStatus(account, 'failing', 60_000);
        const { balance, transactions } = await shown(account.id);
        expect(balance.error_code ?? transactions.error_code).not.toBeNull();
        await end();
        await bank.book(account.bank, { amount: '-4.00' });
        await bank.announce(customer);
        await untilStatus(account, 'active');
        await expectTruth(account);
      },
      { timeoutMs: 120_000 },
    );

    add(
      'where the pages read so far are void it begins again',
      async (play) => {
        const { bank, expectTruth } = play;
        await bank.pagesOf(10);
        let moved = 0;
        const customer = await bank.open({ transactions: 35 });
        bank.beforePage(async ({ account, page }) => {
          if (account !== customer.accounts[0] || page !== 3 || moved === 2) return;
          moved += 1;
          await bank.book(account, { amount: `-${moved}.00` });
          await bank.announce(customer, 'quiet');
        });
        try {
          const linked = await play.found(await play.ask(customer), customer);
          await play.untilStatus(linked.account, 'active');
          expect(moved).toBe(2);
          await expectTruth(linked.account);
        } finally {
          bank.beforePage(null);
          await bank.pagesOf(null);
        }
      },
      { needs: ['restart'] },
    );

    add(
      'pages that move while they are read end in the truth',
      async (play) => {
        const { bank, expectTruth, refresh } = play;
        await bank.pagesOf(10);
        const customer = await bank.open({ transactions: 35 });
        let moved = 0;
        bank.beforePage(async ({ page }) => {
          if (page !== 2 || moved === 2) return;
          moved += 1;
          const [account] = customer.accounts;
          await bank.book(account, { amount: `-${moved}.00` });
          const { transactions } = await bank.truth(account);
          const last = transactions.at(-1 - moved);
          if (last) await bank.remove(account, last.id);
          await bank.announce(customer, 'quiet');
        });
        try {
          const linked = await play.found(await play.ask(customer), customer);
          await play.untilStatus(linked.account, 'active');
          expect(moved).toBeGreaterThan(0);
          bank.beforePage(null);
          await bank.announce(customer);
          await play.quiet(linked);
          await refresh(linked.account);
          await expectTruth(linked.account);
        } finally {
          bank.beforePage(null);
          await bank.pagesOf(null);
        }
      },
      { needs: ['pages'] },
    );
  },
  { freshet: { pace: { firstRetryMs: 500, longestRetryMs: 1_000 } } },
);
