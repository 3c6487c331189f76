import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from '@temporalio/client';
import { registerSearchAttributes } from '../../temporal/register-search-attributes.ts';
import { eventually } from '../support/eventually.ts';
import {
  accountsFound,
  askForLink,
  link,
  startFreshetWithBank,
  untilStatus,
} from '../support/link.ts';
import { expectTruth, mirrorOf } from '../support/mirror.ts';
import { startTemporal, type OwnTemporal } from '../support/start-temporal.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

async function temporalOfOwn(): Promise<OwnTemporal> {
  const temporal = await startTemporal();
  const connection = await Connection.connect({ address: temporal.address });
  await registerSearchAttributes(connection, 'default');
  await connection.close();
  return temporal;
}

describe('a worker killed in the middle of a sync', () => {
  it('leaves nothing of it behind, and its successor leaves exactly the truth', async () => {
    const { freshet, bank, close } = await startFreshetWithBank();
    toClose.push(close);
    const heal = await bank.fault({
      endpoint: 'transactions/getByAccount',
      kind: 'latency',
      latency_ms: 250,
    });
    const { accounts } = await link(freshet, bank, { accounts: 1, transactions: 3_000 });
    const [ids] = accounts;
    await eventually(async () => ((await bank.calls())['transactions/getByAccount'] ?? 0) >= 4);
    await freshet.worker().kill();
    expect((await mirrorOf(freshet.db, ids.account)).transactions).toEqual([]);

    await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-3.33' });
    await heal();
    await freshet.startWorker();
    await untilStatus(freshet, ids.account, 'active', 60_000);
    await expectTruth(freshet.db, bank, ids, 30_000);
    const left = await freshet.db.selectFrom('transaction_stage').select('stage_id').execute();
    expect(left).toEqual([]);
    const runs = await freshet.db
      .selectFrom('sync_runs')
      .where('account_id', '=', ids.account)
      .where('scope', '=', 'full')
      .where('product', '=', 'transaction')
      .select(['status', 'attempts', 'added'])
      .execute();
    expect(runs).toEqual([{ status: 'succeeded', attempts: 2, added: 3_001 }]);
  }, 120_000);
});

describe('Temporal away', () => {
  it('takes nothing away: what was asked for meanwhile takes effect when it is back', async () => {
    const temporal = await temporalOfOwn();
    const { freshet, bank, close } = await startFreshetWithBank({
      temporal: { address: temporal.address, namespace: 'default' },
    });
    let running = temporal;
    toClose.push(() => running.stop(), close);
    const first = await link(freshet, bank, { accounts: 2, transactions: 5 });
    const [ids, other] = first.accounts;
    for (const { account } of first.accounts) await untilStatus(freshet, account, 'active');

    const leaving = await link(freshet, bank, { accounts: 1 });
    await untilStatus(freshet, leaving.accounts[0].account, 'active');

    await temporal.stop();
    await bank.control('POST', `/accounts/${ids.bank}/transactions`, { amount: '-12.34' });
    await bank.control('PUT', `/accounts/${ids.bank}/balance`, { ledger: '500.05' });
    await eventually(
      async () => {
        const { webhooks } = await bank.control('GET', '/webhooks');
        return webhooks.every(({ state }: { state: string }) => state === 'delivered');
      },
      { describe: 'every webhook to be acknowledged' },
    );
    const pause = await freshet.call('POST', `/v1/accounts/${other?.account}/pause`);
    expect([pause.status, pause.body.settings.confirmed]).toEqual([200, false]);
    const asked = await askForLink(freshet, bank, { accounts: 1, transactions: 7 });
    expect(asked.status).toBe(202);
    const unlink = await freshet.call('DELETE', `/v1/connections/${leaving.connectionId}`);
    expect([unlink.status, unlink.body.status]).toEqual([202, 'unlinking']);
    const refused = await freshet.call('POST', `/v1/accounts/${ids.account}/refresh`);
    expect([refused.status, refused.body.code]).toEqual([503, 'temporal_unavailable']);
    const ready = await fetch(`${freshet.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { postgres: 'up', temporal: 'down' }]);

    running = await startTemporal(temporal);
    await expectTruth(freshet.db, bank, ids, 60_000);
    const late = await accountsFound(freshet, asked, 60_000);
    await untilStatus(freshet, late.accounts[0].account, 'active', 60_000);
    await expectTruth(freshet.db, bank, late.accounts[0]);
    await eventually(
      async () => {
        const { body } = await freshet.call('GET', `/v1/connections/${leaving.connectionId}`);
        return body.status === 'unlinked';
      },
      { timeoutMs: 60_000, describe: 'the unlink' },
    );
    await eventually(
      async () => {
        const { body } = await freshet.call('GET', `/v1/accounts/${other?.account}`);
        return body.settings.confirmed && body.status === 'paused';
      },
      { timeoutMs: 60_000, describe: 'the pause to be confirmed' },
    );
  }, 180_000);
});
