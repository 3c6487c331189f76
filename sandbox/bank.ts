import { createActivity, type Activity } from './activity.ts';
import { createCallLog, type CallLog } from './call-log.ts';
import { createLists, type Lists } from './extraction/lists.ts';
import type { ExtractionRecord } from './extraction/record.ts';
import { createRefreshJobs, type RefreshJobs } from './extraction/refresh-jobs.ts';
import { createFaults, type Faults } from './faults.ts';
import type { World } from './state/world.ts';
import { announceTransactions } from './webhooks/announce.ts';
import { createDeliverer, type Deliverer } from './webhooks/deliverer.ts';
import { createOutbox, type Outbox } from './webhooks/outbox.ts';

/** The parts of a running bank. */
export interface Bank {
  readonly world: World;
  readonly secretKey: string;
  readonly outbox: Outbox;
  readonly deliverer: Deliverer;
  readonly refreshJobs: RefreshJobs;
  readonly lists: Lists;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly activity: Activity;
}

/** Puts a bank together. `baseUrl` is where it is reached, for the addresses in its webhooks. */
export function createBank(world: World, secretKey: string, baseUrl: string): Bank {
  const outbox: Outbox = createOutbox(world, baseUrl, (webhook) => deliverer.enqueue(webhook));
  const deliverer = createDeliverer(world, (webhook) => outbox.targetOf(webhook));
  const announceRefresh = (record: ExtractionRecord): void => {
    if (!world.state.settings.refreshWebhooks) return;
    for (const id of record.balances.keys()) {
      outbox.put('BALANCE_SUCCESS', record, world.state.accounts.get(id) ?? null);
    }
    announceTransactions(outbox, record);
  };
  return {
    world,
    secretKey,
    outbox,
    deliverer,
    refreshJobs: createRefreshJobs(world, announceRefresh),
    lists: createLists(world),
    faults: createFaults(() => world.random('faults')),
    calls: createCallLog(),
    activity: createActivity(world, outbox),
  };
}
