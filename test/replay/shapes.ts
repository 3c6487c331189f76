import { eventually } from '../support/eventually.ts';
import { link, untilStatus, type Linked } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

/** What the shapes are played on: see `PACE_OF_SHAPES`. */
export interface Stage {
  readonly freshet: Freshet;
  readonly bank: TestBank;
}

/** Fast, so that a shape takes a second or two. */
export const PACE_OF_SHAPES = {
  pace: {
    firstRetryMs: 200,
    longestRetryMs: 200,
    failuresToPause: 2,
    goneRetryMs: 300,
    syncsPerRun: 8,
  },
  intervals: { one_minute: 700 },
} as const;

/** Plays one course of a workflow to its end, and answers with the workflow's id. */
export type Shape = (stage: Stage) => Promise<string>;

interface Account extends Linked {
  readonly id: string;
  readonly bankId: string;
  readonly workflowId: string;
}

async function account({ freshet, bank }: Stage, refresh: unknown = false): Promise<Account> {
  const linked = await link(freshet, bank, { accounts: 1, transactions: 2 }, refresh);
  const [{ account: id, bank: bankId }] = linked.accounts;
  await untilStatus(freshet, id, 'active');
  return { ...linked, id, bankId, workflowId: `account-sync:${id}` };
}

const refresh = ({ freshet }: Stage, { id }: Account, body: object = { wait: 20 }) =>
  freshet.call('POST', `/v1/accounts/${id}/refresh`, body);

const login = ({ bank }: Stage, { customer }: Account, state: string, webhooks = 'send') =>
  bank.control('POST', `/customers/${customer.customer.id}/login`, { state, webhooks });

const fault = ({ bank }: Stage, { bankId }: Account, wanted: object) =>
  bank.control('POST', '/faults', { endpoint: 'balance/refresh', account: bankId, ...wanted });

/** No attempt that fails so is repeated. */
const BROKEN = { kind: 'refresh_fails', error_type: 'FLAGGED_USER' };

/** Syncs of the account that ended so, of either product. */
async function untilSyncs(
  { freshet }: Stage,
  { id }: Account,
  status: string,
  count: number,
): Promise<void> {
  await eventually(async () => {
    const { body } = await freshet.call('GET', `/v1/accounts/${id}/syncs?limit=500`);
    return body.data.filter((one: { status: string }) => one.status === status).length >= count;
  });
}

/** Every shape that the histories of our workflows take, by the names of the recorded files. */
export const shapes: Readonly<Record<string, Shape>> = {
  'first-scan': async (stage) => (await account(stage)).workflowId,

  'scheduled-refreshes': async (stage) => {
    const one = await account(stage, { interval: 'one_minute' });
    await untilSyncs(stage, one, 'succeeded', 6);
    return one.workflowId;
  },

  webhooks: async (stage) => {
    const { bank, freshet } = stage;
    const one = await account(stage);
    await bank.control('PUT', `/accounts/${one.bankId}/balance`, { ledger: '12.30' });
    await bank.control('POST', `/accounts/${one.bankId}/transactions`, { amount: '-4.50' });
    await expectTruth(freshet.db, bank, one.accounts[0]);
    return one.workflowId;
  },

  'waited-refreshes': async (stage) => {
    const one = await account(stage);
    await Promise.all([
      refresh(stage, one),
      refresh(stage, one, { products: ['balance'], wait: 20 }),
      refresh(stage, one, { full: true, wait: 20 }),
    ]);
    return one.workflowId;
  },

  settings: async (stage) => {
    const { freshet } = stage;
    const one = await account(stage, { products: ['balance'] });
    const path = `/v1/accounts/${one.id}/settings`;
    await freshet.call('PATCH', path, { products: ['balance', 'transaction'] });
    await freshet.call('PATCH', path, { interval: 'one_minute' });
    await untilSyncs(stage, one, 'succeeded', 4);
    await freshet.call('PATCH', path, { interval: null });
    return one.workflowId;
  },

  'pause-and-start': async (stage) => {
    const { bank, freshet } = stage;
    const one = await account(stage, { interval: 'one_minute' });
    await freshet.call('POST', `/v1/accounts/${one.id}/pause`);
    await untilStatus(freshet, one.id, 'paused');
    await bank.control('PUT', `/accounts/${one.bankId}/balance`, { ledger: '45.60' });
    await freshet.call('POST', `/v1/accounts/${one.id}/start`);
    await expectTruth(freshet.db, bank, one.accounts[0]);
    return one.workflowId;
  },

  'new-login': async (stage) => {
    const one = await account(stage);
    await login(stage, one, 'required', 'withhold');
    await refresh(stage, one);
    await untilStatus(stage.freshet, one.id, 'paused');
    await login(stage, one, 'ok');
    await untilStatus(stage.freshet, one.id, 'active');
    return one.workflowId;
  },

  'consent-ended': async (stage) => {
    const one = await account(stage);
    await login(stage, one, 'revoked');
    await untilStatus(stage.freshet, one.id, 'paused');
    await login(stage, one, 'ok', 'withhold');
    await untilStatus(stage.freshet, one.id, 'active');
    return one.workflowId;
  },

  'provider-error': async (stage) => {
    const one = await account(stage);
    await fault(stage, one, BROKEN);
    await fault(stage, one, { ...BROKEN, endpoint: 'transactions/refresh' });
    await refresh(stage, one);
    await untilStatus(stage.freshet, one.id, 'paused');
    await stage.freshet.call('POST', `/v1/accounts/${one.id}/start`);
    await untilSyncs(stage, one, 'failed', 8);
    await forgetFaults(stage, one);
    await untilStatus(stage.freshet, one.id, 'active');
    return one.workflowId;
  },

  'repeated-alone': async (stage) => {
    const one = await account(stage);
    await fault(stage, one, { kind: '500', times: 2 });
    await refresh(stage, one);
    return one.workflowId;
  },

  'wait-asked-for': async (stage) => {
    const { bank, freshet } = stage;
    const one = await account(stage);
    await fault(stage, one, { kind: '429', retry_after_s: 600, times: 1 });
    await refresh(stage, one);
    await bank.control('PUT', `/accounts/${one.bankId}/balance`, { ledger: '78.90' });
    await expectTruth(freshet.db, bank, one.accounts[0]);
    return one.workflowId;
  },

  'continued-as-new': async (stage) => {
    const one = await account(stage, { interval: 'one_minute' });
    await untilSyncs(stage, one, 'succeeded', 20);
    return one.workflowId;
  },

  'taken-up-again': async (stage) => {
    const one = await account(stage);
    await stage.freshet.temporal.workflow.getHandle(one.workflowId).terminate('a shape');
    await stage.bank.control('PUT', `/accounts/${one.bankId}/balance`, { ledger: '1.20' });
    await expectTruth(stage.freshet.db, stage.bank, one.accounts[0]);
    return one.workflowId;
  },

  unlinked: async (stage) => {
    const one = await account(stage);
    await stage.freshet.call('DELETE', `/v1/connections/${one.connectionId}`);
    const handle = stage.freshet.temporal.workflow.getHandle(one.workflowId);
    await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
    return one.workflowId;
  },

  reconciled: async ({ freshet }) => {
    const query = `WorkflowType = 'reconcile' and ExecutionStatus = 'Completed'`;
    return await eventually(async () => {
      for await (const { workflowId } of freshet.temporal.workflow.list({ query })) {
        return workflowId;
      }
      return null;
    });
  },
};

async function forgetFaults({ bank }: Stage, { bankId }: Account): Promise<void> {
  const { faults } = await bank.control('GET', '/faults');
  for (const { id, account: of } of faults as { id: string; account?: string }[]) {
    if (of === bankId) await bank.control('DELETE', `/faults/${id}`);
  }
}
