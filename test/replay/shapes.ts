import { eventually } from '../support/eventually.ts';
import { LINK_SESSION_SHAPES } from './link-session-shapes.ts';
import { link, untilFound, untilStatus, whenDone, type Linked } from '../support/link.ts';
import { expectTruth } from '../support/mirror.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';
import {
  accept,
  startReceiver,
  withStatus,
  type Answer,
  type Receiver,
} from '../support/start-receiver.ts';

/** What the shapes are played on: at `PACE_OF_SHAPES` or, those `inShortRuns`, at `PACE_OF_SHORT_RUNS`. */
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
    // Each of them is one run.
    syncsPerRun: 250,
  },
  intervals: { one_minute: 700 },
  deliveryPace: { lingerMs: 200, retryDelaysMs: [1_500], jitter: 0 },
} as const;

/**
 * As `PACE_OF_SHAPES`, where each run ends at the first quiet moment after its third sync: while it waits,
 * should that have failed.
 */
export const PACE_OF_SHORT_RUNS = {
  ...PACE_OF_SHAPES,
  pace: { ...PACE_OF_SHAPES.pace, syncsPerRun: 3, firstRetryMs: 3_000, longestRetryMs: 3_000 },
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

async function untilEnded({ freshet }: Stage, workflowId: string): Promise<string> {
  const handle = freshet.temporal.workflow.getHandle(workflowId);
  await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
  return workflowId;
}

async function untilCode(
  { freshet }: Stage,
  { connectionId }: Account,
  code: string,
): Promise<void> {
  const path = `/v1/connections/${connectionId}`;
  await eventually(async () => (await freshet.call('GET', path)).body.status_code === code);
}

const discover = ({ freshet }: Stage, { connectionId }: Account) =>
  freshet.call('POST', `/v1/connections/${connectionId}/discover`);

/** Has the bank refuse to tell which accounts there are. */
const hideAccounts = ({ bank }: Stage, { customer }: Account) =>
  bank.fault({
    endpoint: 'accounts/getByCustomer',
    kind: '500',
    customer: customer.customer.id,
  });

async function unlink(stage: Stage, { connectionId }: Account, query = ''): Promise<string> {
  const answer = await stage.freshet.call('DELETE', `/v1/connections/${connectionId}${query}`);
  await whenDone(stage.freshet, answer);
  return await untilEnded(stage, `connection-unlink:${connectionId}`);
}

interface Heard extends Receiver {
  readonly endpointId: string;
  readonly workflowId: string;
  /** Has an event sent to it. */
  tell(): Promise<void>;
  /** Its workflow waits until the next attempt is due. */
  untilWaiting(): Promise<void>;
}

/** An endpoint that hears of nothing but what it is told. */
async function endpoint({ freshet }: Stage, answer?: Answer): Promise<Heard> {
  const receiver = await startReceiver(answer);
  const values = { url: receiver.url, event_types: ['webhook.test'] };
  const { body } = await freshet.call('POST', '/v1/endpoints', values);
  const workflowId = `endpoint-delivery:${body.id}`;
  return {
    ...receiver,
    endpointId: body.id,
    workflowId,
    async tell() {
      await freshet.call('POST', `/v1/endpoints/${body.id}/test`);
    },
    async untilWaiting() {
      await eventually(async () => {
        const { events } = await freshet.temporal.workflow.getHandle(workflowId).fetchHistory();
        return events?.some((event) => event.timerStartedEventAttributes);
      });
    },
  };
}

async function untilDelivered(stage: Stage, heard: Heard): Promise<string> {
  await untilEnded(stage, heard.workflowId);
  await heard.close();
  return heard.workflowId;
}

/** The shapes of one run that the histories of our workflows take, by the names of the recorded files. */
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

  delivered: async (stage) => {
    const heard = await endpoint(stage);
    await heard.tell();
    return await untilDelivered(stage, heard);
  },

  'delivered-again': async (stage) => {
    const heard = await endpoint(stage, withStatus(500));
    await heard.tell();
    await heard.untilWaiting();
    heard.answer(accept);
    return await untilDelivered(stage, heard);
  },

  'delivered-meanwhile': async (stage) => {
    const heard = await endpoint(stage, withStatus(500));
    await heard.tell();
    await heard.untilWaiting();
    heard.answer(accept);
    await heard.tell();
    return await untilDelivered(stage, heard);
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

  'taken-up-again': async (stage) => {
    const one = await account(stage);
    await stage.freshet.temporal.workflow.getHandle(one.workflowId).terminate('a shape');
    await stage.bank.control('PUT', `/accounts/${one.bankId}/balance`, { ledger: '1.20' });
    await expectTruth(stage.freshet.db, stage.bank, one.accounts[0]);
    return one.workflowId;
  },

  unlinked: async (stage) => {
    const one = await account(stage);
    await unlink(stage, one);
    return await untilEnded(stage, one.workflowId);
  },

  'unlinked-during-a-sync': async (stage) => {
    const one = await account(stage);
    await fault(stage, one, { kind: 'latency', latency_ms: 1_500 });
    await refresh(stage, one, {});
    const handle = stage.freshet.temporal.workflow.getHandle(one.workflowId);
    await eventually(
      async () => (await handle.query<{ syncing: unknown[] }>('state')).syncing.length === 2,
      { everyMs: 10 },
    );
    await unlink(stage, one);
    return await untilEnded(stage, one.workflowId);
  },

  'connection-linked': async (stage) => {
    const { connectionId } = await account(stage);
    return await untilEnded(stage, `connection-link:${connectionId}`);
  },

  'connection-link-retried': async (stage) => {
    const one = await account(stage);
    await untilEnded(stage, `connection-link:${one.connectionId}`);
    const heal = await hideAccounts(stage, one);
    const asked = discover(stage, one);
    const link = stage.freshet.temporal.workflow.getHandle(`connection-link:${one.connectionId}`);
    await eventually(async () => {
      const { raw } = await link.describe();
      return raw.pendingActivities?.some(({ attempt }) => (attempt ?? 0) > 1);
    });
    await heal();
    await Promise.all([asked, discover(stage, one)]);
    await untilFound(stage.freshet, one.connectionId);
    return await untilEnded(stage, `connection-link:${one.connectionId}`);
  },

  'connection-look-put-off': async (stage) => {
    const one = await account(stage);
    await untilEnded(stage, `connection-link:${one.connectionId}`);
    await hideAccounts(stage, one);
    await discover(stage, one);
    const handle = stage.freshet.temporal.workflow.getHandle(`connection-link:${one.connectionId}`);
    await handle.result();
    return handle.workflowId;
  },

  'connection-unlinked': async (stage) => await unlink(stage, await account(stage)),

  'connection-erased': async (stage) => await unlink(stage, await account(stage), '?data=erase'),

  'connection-unlink-forced': async (stage) => {
    const one = await account(stage);
    const customer = one.customer.customer.id;
    await stage.bank.fault({ endpoint: 'customers/disconnect', kind: '500', customer });
    const asked = stage.freshet.call('DELETE', `/v1/connections/${one.connectionId}`);
    await untilCode(stage, one, 'http_500');
    const workflowId = await unlink(stage, one, '?force=true');
    await asked;
    return workflowId;
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

/** Shapes of a workflow that continues as new, and how many of its runs are recorded: the first ones. */
export const inShortRuns: Readonly<Record<string, { readonly runs: number; play: Shape }>> = {
  'continued-as-new': {
    runs: 3,
    async play(stage) {
      const one = await account(stage, { interval: 'one_minute' });
      await untilSyncs(stage, one, 'succeeded', 14);
      return one.workflowId;
    },
  },

  // What failed in the first run is tried again, after its wait, by the second.
  'continued-in-a-wait': {
    runs: 2,
    async play(stage) {
      const one = await account(stage);
      await fault(stage, one, { ...BROKEN, times: 1 });
      await refresh(stage, one);
      await untilSyncs(stage, one, 'succeeded', 4);
      return one.workflowId;
    },
  },

  // The run is to end while one of two syncs is still to be repeated.
  'continued-after-a-repeat': {
    runs: 2,
    async play(stage) {
      const one = await account(stage);
      await fault(stage, one, { kind: '500', times: 2 });
      await refresh(stage, one);
      await refresh(stage, one);
      return one.workflowId;
    },
  },

  // Asked for while it is paused: the second run has it all to do.
  'continued-while-paused': {
    runs: 2,
    async play(stage) {
      const { bank, freshet } = stage;
      const one = await account(stage);
      await fault(stage, one, { kind: 'latency', latency_ms: 1_000 });
      await refresh(stage, one, {});
      const handle = freshet.temporal.workflow.getHandle(one.workflowId);
      await eventually(
        async () => (await handle.query<{ syncing: unknown[] }>('state')).syncing.length === 2,
        { everyMs: 10 },
      );
      await freshet.call('POST', `/v1/accounts/${one.id}/pause`);
      await bank.control('PUT', `/accounts/${one.bankId}/balance`, { ledger: '12.30' });
      const { runId } = await handle.describe();
      await eventually(async () => (await handle.describe()).runId !== runId);
      await forgetFaults(stage, one);
      await freshet.call('POST', `/v1/accounts/${one.id}/start`);
      await expectTruth(freshet.db, bank, one.accounts[0]);
      return one.workflowId;
    },
  },
};

/** The name under which a run of a shape is recorded. */
export const nameOfRun = (shape: string, run: number): string => `${shape}-${run}`;

/** The names of all that is to be recorded. */
export const NAMES: readonly string[] = [
  ...Object.keys(shapes),
  ...LINK_SESSION_SHAPES,
  ...Object.entries(inShortRuns).flatMap(([shape, { runs }]) =>
    Array.from({ length: runs }, (_, index) => nameOfRun(shape, index + 1)),
  ),
];

async function forgetFaults({ bank }: Stage, { bankId }: Account): Promise<void> {
  const { faults } = await bank.control('GET', '/faults');
  for (const { id, account: of } of faults as { id: string; account?: string }[]) {
    if (of === bankId) await bank.control('DELETE', `/faults/${id}`);
  }
}
