import { afterAll, beforeAll, expect, it } from 'vitest';
import { followChanges } from '../support/follow-changes.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
});
afterAll(() => close());

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

it('a consumer of the feed ends up with what the bank has, of every account', async () => {
  const { accounts } = await link(freshet, bank, { accounts: 2, transactions: 30 });
  for (const ids of accounts) await untilStatus(freshet, ids.account, 'active');
  const follower = followChanges(freshet);
  await follower.catchUp(7);
  expect(follower.seen.filter((item) => item.change === 'added')).toHaveLength(60);

  const [first] = accounts;
  const { transactions } = await bank.truth(first.bank);
  await bank.control('POST', `/accounts/${first.bank}/transactions`, { amount: '-5.25' });
  await bank.control('DELETE', `/transactions/${transactions[3]?.id}`, {});
  await bank.control('PUT', `/accounts/${first.bank}/balance`, { ledger: '12345678901234567.89' });
  for (const ids of accounts) await expectTruth(freshet.db, bank, ids);
  const late = await follower.catchUp(7);
  const changes = late.flatMap((item) => (item.type === 'transaction' ? [item.change] : []));
  expect(new Set(changes)).toEqual(new Set(['added', 'removed']));
  expect(changes).toHaveLength(2);

  for (const ids of accounts) {
    const mine = follower.seen.filter((item) => item.account_id === ids.account);
    const rows = new Map(mine.map((item) => [item.transaction?.id ?? 'balance', item]));
    const standing = [...rows.values()].flatMap(({ change, transaction }) =>
      transaction && change !== 'removed' ? [Number(transaction.amount)] : [],
    );
    const truth = await bank.truth(ids.bank);
    expect(sorted(standing)).toEqual(sorted(truth.transactions.map((one) => Number(one.amount))));
    expect(Number(rows.get('balance')?.balance?.current)).toBe(Number(truth.balance.ledger));
  }
});
