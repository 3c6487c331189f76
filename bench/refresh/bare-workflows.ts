import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { SyncInput } from '../../activities/contract.ts';
import type { Product } from '../../config/product.ts';
import { syncActivities } from '../../workflows/activities.ts';
import { nextSlot } from '../../workflows/schedule.ts';
import { uuid7 } from '../../workflows/uuid7.ts';

export interface BareLoopInput {
  readonly accountId: string;
  readonly provider: string;
  readonly intervalMs: number;
  readonly cyclesPerRun: number;
}

/**
 * An account's timers and activities, with the same options and arguments of the same size, and nothing
 * else: no state, no messages, no search attributes, no details.
 */
export async function bareLoop(input: BareLoopInput): Promise<void> {
  const { accountId, provider, intervalMs, cyclesPerRun } = input;
  const options = {
    provider,
    full: false,
    intervalMs,
    priority: 3,
    summary: 'balance and transaction: schedule',
  } as const;
  const { syncAccount } = syncActivities(options);
  const untilNextSlot = (): Promise<void> =>
    sleep(Math.max(nextSlot(accountId, intervalMs, Date.now()) - Date.now(), 1), {
      summary: 'until the next sync',
    });
  const inputOf = (): SyncInput => ({
    accountId,
    syncRunId: uuid7(),
    triggers: ['schedule'],
    full: false,
    mayCall: true,
    nextSyncAt: new Date().toISOString(),
  });
  let isDue = false;
  // The rate is fixed: the next timer runs beside the activity. Slots that pass meanwhile become one.
  async function keepTime(): Promise<never> {
    for (;;) {
      await untilNextSlot();
      isDue = true;
    }
  }
  async function refresh(): Promise<void> {
    for (let cycle = 0; cycle < cyclesPerRun; cycle += 1) {
      await condition(() => isDue);
      isDue = false;
      const inputs: Record<Product, SyncInput> = { balance: inputOf(), transaction: inputOf() };
      await syncAccount(inputs);
    }
  }
  // The timer that still runs at the end is not waited for.
  await Promise.race([keepTime(), refresh()]);
  await continueAsNew<typeof bareLoop>(input);
}

export interface FloorActivities {
  insertRow(input: { readonly accountId: string; readonly amount: string }): Promise<void>;
}

export const rowTold = defineSignal<[{ accountId: string; amount: string }]>('rowTold');

/** For each signal one activity, which inserts one row. */
export async function insertOnSignal(): Promise<void> {
  const { insertRow } = proxyActivities<FloorActivities>({ startToCloseTimeout: '10s' });
  const told: { accountId: string; amount: string }[] = [];
  setHandler(rowTold, (row) => void told.push(row));
  while (told.length > 0 || !workflowInfo().continueAsNewSuggested) {
    await condition(() => told.length > 0);
    const row = told.shift();
    if (row) await insertRow(row);
  }
  await continueAsNew<typeof insertOnSignal>();
}
