import { expect } from 'vitest';
import type { Change } from './bank.ts';
import { contract } from './contract.ts';
import type { Linked, Play } from './stage.ts';

const CHANGES: readonly Change[] = ['unknown fields', 'unknown values', 'no optional fields'];

async function rejectedOf({ freshet }: Play, { account }: Linked): Promise<unknown[]> {
  return await freshet.db
    .selectFrom('quarantined_items')
    .where('account_id', '=', account.id)
    .selectAll()
    .execute();
}

contract('a provider of tomorrow', (add) => {
  for (const change of CHANGES) {
    add(`answers with ${change}`, async (play) => {
      const { bank, refresh, expectTruth, untilStatus } = play;
      const customer = await bank.open({ transactions: 6 });
      const end = await bank.fromTomorrow(change);
      try {
        const linked = await play.found(await play.ask(customer), customer);
        await untilStatus(linked.account, 'active');
        await expectTruth(linked.account, 'essentials');
        await bank.book(linked.account.bank, { amount: '-4.04' });
        await bank.announce(customer, 'quiet');
        await refresh(linked.account);
        await expectTruth(linked.account, 'essentials');
        expect(await rejectedOf(play, linked)).toEqual([]);
      } finally {
        await end();
      }
    });

    add(`webhooks with ${change}`, async (play) => {
      const { bank, link, relay, newWebhooks, quiet, expectTruth } = play;
      const linked = await link({ transactions: 2 });
      const { customer, account } = linked;
      const pass = relay.hold(customer.mark);
      const before = relay.seen(customer.mark).length;
      await bank.book(account.bank, { amount: '-4.04' });
      await bank.setBalance(account.bank, '31.41');
      await bank.announce(customer);
      await newWebhooks(customer, before);
      await play.settled(() => relay.seen(customer.mark).length);
      pass();
      for (const webhook of relay.seen(customer.mark).slice(before)) {
        expect(await relay.pass(await bank.webhookFromTomorrow(webhook, change))).toBe(200);
      }
      await quiet(linked);
      await expectTruth(account, 'essentials');
    });
  }
});
