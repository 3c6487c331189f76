import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

/** The summaries of every activity in the histories of these workflows' runs, by activity. */
async function summariesOf(query: string): Promise<[activity: string, summary: string | null][]> {
  const found: [string, string | null][] = [];
  for await (const { workflowId, runId } of freshet.temporal.workflow.list({ query })) {
    const { events } = await freshet.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (!name) continue;
      const summary = event.userMetadata?.summary;
      found.push([name, summary ? defaultPayloadConverter.fromPayload<string>(summary) : null]);
    }
  }
  return found;
}

it('every activity says in the Temporal UI what it is about', async () => {
  const { accounts, connectionId, customer } = await link(freshet, bank, {
    accounts: 2,
    transactions: 3,
  });
  const [{ account, bank: bankId }] = accounts;
  const login = (state: string) =>
    bank.control('POST', `/customers/${customer.customer.id}/login`, { state });
  for (const one of accounts) await untilStatus(freshet, one.account, 'active');
  await freshet.call('POST', `/v1/accounts/${account}/refresh`, { wait: 20 });
  await freshet.call('POST', `/v1/connections/${connectionId}/discover`);
  await bank.control('POST', '/faults', {
    endpoint: 'balance/refresh',
    kind: 'refresh_fails',
    error_type: 'FLAGGED_USER',
    account: bankId,
  });
  await freshet.call('POST', `/v1/balance/refresh`, { account_id: account, wait: 20 });
  await bank.control('DELETE', '/faults');
  await login('revoked');
  await untilStatus(freshet, account, 'paused');
  await login('ok');
  await freshet.call('POST', `/v1/accounts/${account}/start`);
  await untilStatus(freshet, account, 'active');
  const gone = await freshet.call('DELETE', `/v1/connections/${connectionId}?data=erase`);
  expect(gone.status).toBe(200);

  const EXPECTED = [
    'completeUnlink',
    'discoverAccounts',
    'eraseData',
    'readConsent',
    'reconcile',
    'recordAccountState',
    'recordSyncFailure',
    'startAccounts',
    'stopAccounts',
    'syncAccount',
    'syncBalance',
    'syncTransactions',
    'withdrawConsent',
  ];
  const types = `'accountSync', 'connectionLink', 'connectionUnlink', 'reconcile'`;
  const summaries = await eventually(
    async () => {
      const found = await summariesOf(`WorkflowType in (${types})`);
      const names = new Set(found.map(([name]) => name));
      return EXPECTED.every((name) => names.has(name)) ? found : null;
    },
    { describe: 'every activity to be in a history' },
  );
  expect(summaries.filter(([, summary]) => !summary)).toEqual([]);
  const texts = summaries.map(([name, summary]) => `${name}: ${summary}`);
  expect(texts).toEqual(
    expect.arrayContaining([
      'recordAccountState: active, settings 1',
      'recordAccountState: paused (provider_error), settings 1',
      'recordSyncFailure: balance: config',
      'readConsent: how the consent stands',
      'reconcile: a round of repair',
      'stopAccounts: ends the workflows of the accounts',
    ]),
  );
}, 90_000);
