import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMonoProvider } from '../../../providers/mono/provider.ts';
import { monoSettings } from '../../../providers/mono/settings.ts';
import { eventually } from '../../support/eventually.ts';
import { startFreshet, type Freshet } from '../../support/start-freshet.ts';
import { startMonoFake, type MonoFake } from '../../fakes/mono/start.ts';
import { start } from './bank.ts';

let freshet: Freshet;
let mono: MonoFake;

beforeAll(async () => {
  mono = await startMonoFake();
  freshet = await startFreshet({
    providerEnv: {
      FRESHET_MONO_SECRET_KEY: mono.secretKey,
      FRESHET_MONO_WEBHOOK_SECRET: mono.webhookSecret,
      FRESHET_MONO_BASE_URL: mono.url,
      FRESHET_MONO_REALTIME_BALANCE: 'asked',
      FRESHET_MONO_REALTIME_TRANSACTIONS: 'asked',
    },
  });
  mono.control.webhooks.url = `${freshet.url}/webhooks/mono`;
});

afterAll(async () => {
  await freshet.close();
  await mono.close();
});

/** To open Mono's page without a session of Freshet's. */
const ownProvider = () =>
  createMonoProvider(
    monoSettings({
      secretKey: mono.secretKey,
      webhookSecret: mono.webhookSecret,
      baseUrl: mono.url,
    }),
  );

const accountOf = async (id: string) => (await freshet.call('GET', `/v1/accounts/${id}`)).body;

const untilRows = (id: string, ids: readonly string[]): Promise<unknown> =>
  eventually(
    async () => {
      const { body } = await freshet.call('GET', `/v1/accounts/${id}/transactions`);
      const found = body.data.map((row: { provider_transaction_id: string }) => {
        return row.provider_transaction_id;
      });
      return JSON.stringify(found.toSorted()) === JSON.stringify([...ids].sort());
    },
    { describe: `the rows ${ids.join(', ')}`, timeoutMs: 60_000 },
  );

const untilStatus = (id: string, status: string): Promise<unknown> =>
  eventually(async () => (await accountOf(id)).status === status, {
    describe: status,
    timeoutMs: 60_000,
  });

it('lives through a link, an extraction, a removal, real time, a new log-in and an unlink', async () => {
  const opened = mono.control.openAccount({ openingBalance: 1_000 });
  mono.control.addTransaction(opened.id, { id: 'first', amount: 250, type: 'credit' });
  mono.control.account(opened.id).linked = true;
  const code = mono.control.codeFor(opened.id);
  const linked = await freshet.call('POST', '/v1/connections', {
    provider: 'mono',
    link: { code },
  });
  expect([201, 202]).toContain(linked.status);
  const connectionId = linked.body.id as string;
  const id = await eventually(async () => {
    const { body } = await freshet.call('GET', `/v1/accounts?connection_id=${connectionId}`);
    return body.data[0]?.id as string | undefined;
  });

  await eventually(async () => (await accountOf(id)).transactions.preparing === true, {
    describe: 'it is being prepared',
  });
  mono.control.extract(opened.id);
  await untilStatus(id, 'active');
  await untilRows(id, ['first']);
  const { body: balance } = await freshet.call('GET', `/v1/accounts/${id}/balance`);
  expect(balance).toMatchObject({ current: '12.50' });

  mono.control.addTransaction(opened.id, { id: 'second', amount: 50 });
  mono.control.extract(opened.id);
  await untilRows(id, ['first', 'second']);
  mono.control.removeTransaction(opened.id, 'second');
  mono.control.addTransaction(opened.id, { id: 'third', amount: 1 });
  mono.control.extract(opened.id);
  await untilRows(id, ['first', 'third']);

  mono.control.addTransaction(opened.id, { id: 'now', amount: 2 });
  const refreshed = await freshet.call('POST', `/v1/accounts/${id}/refresh?wait=true`, {});
  expect([200, 202]).toContain(refreshed.status);
  await untilRows(id, ['first', 'now', 'third']);

  mono.control.requireReauth(opened.id);
  mono.control.clock.advance(6 * 60_000);
  await freshet.call('POST', `/v1/accounts/${id}/refresh`, {});
  await untilStatus(id, 'paused');
  expect(await accountOf(id)).toMatchObject({ pause_reason: 'reauth_required' });
  mono.control.addTransaction(opened.id, { id: 'late', amount: 3 });
  const connection = { providerConnectionId: opened.id, credentials: {} };
  const { url } = await start(ownProvider(), 'session-of-reauth', { connection });
  mono.control.finishReauth(url);
  await untilStatus(id, 'active');
  await untilRows(id, ['first', 'late', 'now', 'third']);

  const unlinked = await freshet.call('DELETE', `/v1/connections/${connectionId}`);
  expect([200, 202, 204]).toContain(unlinked.status);
  await eventually(() => !mono.control.account(opened.id).linked);
}, 180_000);
