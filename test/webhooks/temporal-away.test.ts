import { Connection } from '@temporalio/client';
import { afterEach, expect, it } from 'vitest';
import { registerSearchAttributes } from '../../temporal/register-search-attributes.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import { startTemporal } from '../support/start-temporal.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

it('is not felt by senders, and all that came meanwhile takes effect when it is back (invariant 2)', async () => {
  const temporal = await startTemporal();
  let running = temporal;
  toClose.push(() => running.stop());
  const connection = await Connection.connect({ address: temporal.address });
  await registerSearchAttributes(connection, 'default');
  await connection.close();
  const { freshet, bank, close } = await startFreshetWithBank({
    temporal: { address: temporal.address, namespace: 'default' },
  });
  toClose.push(close);
  const linked = await link(freshet, bank, { accounts: 12, transactions: 3 });
  for (const { account } of linked.accounts) await untilStatus(freshet, account, 'active');

  await temporal.kill();
  for (let round = 1; round <= 5; round++) {
    for (const { bank: id } of linked.accounts) {
      await bank.control('PUT', `/accounts/${id}/balance`, { ledger: `${round}00.50` });
      await bank.control('POST', `/accounts/${id}/transactions`, { amount: `-${round}.01` });
    }
  }
  const stored = async () =>
    await freshet.db.selectFrom('webhook_effects').select(['applied_at', 'signalled_at']).execute();
  // Each was acknowledged at its first attempt.
  await expect
    .poll(
      async () => {
        const { webhooks } = await bank.control('GET', '/webhooks');
        return new Set(
          webhooks.map(
            (one: { state: string; attempts: number }) => `${one.state} ${one.attempts}`,
          ),
        );
      },
      { timeout: 30_000 },
    )
    .toEqual(new Set(['delivered 1']));
  expect((await stored()).every(({ applied_at: at }) => at === null)).toBe(true);

  running = await startTemporal(temporal);
  for (const ids of linked.accounts) await expectTruth(freshet.db, bank, ids, 60_000);
  await expect
    .poll(async () => (await stored()).filter(({ applied_at: at }) => at === null), {
      timeout: 30_000,
    })
    .toEqual([]);
}, 180_000);
