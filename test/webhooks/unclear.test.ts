import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { post } from './post.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
});
afterAll(() => close());

it.each([
  ['of a kind that nobody knows', 'transaction', { callback_code: 'TRANSACTIONS_ENRICHED' }],
  ['that lacks what it should point to', 'transaction', { record: null, recordId: null }],
  ['of a balance that has no amount', 'balance', { callback_code: 'BALANCE_SUCCESS' }],
] as const)(
  'a webhook %s becomes a full sync of the %s, and is seen',
  async (_, product, part) => {
    const { accounts, customer } = await link(freshet, bank, {
      accounts: 1,
      transactions: 4,
    });
    const [ids] = accounts;
    await untilStatus(freshet, ids.account, 'active');
    // What has changed at the bank is nothing that an incremental read would find.
    await bank.control('PUT', '/webhooks/delivery', { mode: 'hold' });
    const [old] = (await bank.truth(ids.bank)).transactions;
    await bank.control('DELETE', `/transactions/${old?.id}`, {});
    await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '8.88' });
    const event = {
      callback_code: 'PERIODIC_TRANSACTIONS',
      customerId: customer.customer.id,
      bankId: customer.bank.id,
      ended_at: new Date(),
      ...part,
    };
    expect(await post(freshet, JSON.stringify(event))).toBe(200);
    const run = await eventually(() =>
      freshet.db
        .selectFrom('sync_runs')
        .where('account_id', '=', ids.account)
        .where('status', '=', 'succeeded')
        .where('webhooks', '=', 1)
        .select(['product', 'scope'])
        .executeTakeFirst(),
    );
    expect(run).toEqual({ product, scope: 'full' });
    const stored = await freshet.db
      .selectFrom('inbound_webhooks')
      .innerJoin('webhook_effects', 'webhook_id', 'id')
      .where('account_id', '=', ids.account)
      .select(['outcome', 'understood', 'product'])
      .execute();
    expect(stored).toEqual([{ outcome: 'accepted', understood: false, product }]);
    await bank.control('POST', '/webhooks/release', {});
    await bank.control('PUT', '/webhooks/delivery', { mode: 'normal' });
    await expectTruth(freshet.db, bank, ids);
  },
  60_000,
);
