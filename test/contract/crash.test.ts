import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { End } from './bank.ts';
import { BANKS } from './banks.ts';
import { openStage, type Linked, type Stage } from './stage.ts';
import { rowsOf } from './table.ts';

const ROWS = 80;

describe('a worker that is killed in the middle of the scans', () => {
  let stage: Stage;
  const linked = new Map<string, Linked>();
  const ends: End[] = [];
  const atDeath = new Map<string, number>();

  beforeAll(async () => {
    stage = await openStage();
    // All at once, so that each is under way when the worker dies.
    await Promise.all(
      BANKS.map(async ({ name, cannot }) => {
        const { bank, ask, found } = stage.at(name);
        const isPaged = cannot.pages === undefined;
        await bank.pagesOf(10);
        const customer = await bank.open({ transactions: ROWS });
        ends.push(await bank.slowPages(customer, isPaged ? 2_000 : 20_000));
        linked.set(name, await found(await ask(customer), customer));
        await eventually(async () => {
          const calls = await bank.calls(customer);
          const pages = calls.filter(({ endpoint }) => endpoint.includes('transactions'));
          return pages.length >= (isPaged ? 2 : 1);
        });
      }),
    );
    await stage.freshet.worker().kill();
    for (const [name, { account }] of linked) {
      atDeath.set(name, (await rowsOf(stage.freshet.db, account.id)).length);
    }
    for (const end of ends) await end();
    for (const { name } of BANKS) {
      const { bank } = stage.at(name);
      const one = linked.get(name);
      if (!one) continue;
      await bank.book(one.account.bank, { amount: '-3.33' });
      await bank.announce(one.customer);
    }
    await stage.freshet.startWorker();
  }, 120_000);
  afterAll(() => stage?.close());

  it.each(BANKS)(
    '$name: leaves nothing of it, and its successor exactly the truth',
    async (kind) => {
      const play = stage.at(kind.name);
      const one = linked.get(kind.name);
      if (!one) throw new Error('not linked');
      expect(atDeath.get(kind.name)).toBe(0);
      await play.untilStatus(one.account, 'active', 60_000);
      await play.expectTruth(one.account);
      const left = await stage.freshet.db
        .selectFrom('transaction_stage')
        .where('account_id', '=', one.account.id)
        .select('stage_id')
        .execute();
      expect(left).toEqual([]);
    },
    90_000,
  );
});
