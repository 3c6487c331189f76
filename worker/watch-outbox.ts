import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../config/logger.ts';
import type { Database } from '../db/connect.ts';
import { findOverdueEndpoints } from '../db/deliveries/find-overdue-endpoints.ts';
import { takeWakes } from '../db/deliveries/take-wakes.ts';
import type { EndpointWorkflows } from '../temporal/endpoint-workflows.ts';
import { createTroubleLog } from './trouble-log.ts';

const POLL_MS = 200;
const POLL_IN_TROUBLE_MS = 1_000;

/** Workflows woken at a time. */
const AT_A_TIME = 10;

export interface WatchOutboxOptions {
  readonly db: Database;
  readonly endpointWorkflows: EndpointWorkflows;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}

/**
 * Wakes the workflows of the endpoints for which something new was stored, by whatever process, until
 * `stop` aborts. A worker that dies in between loses a wake and no delivery: the next to start finds what is due,
 * the reconciler what has been for a minute.
 */
export async function watchOutbox(options: WatchOutboxOptions): Promise<void> {
  const { db, endpointWorkflows, logger, stop } = options;
  const trouble = createTroubleLog(logger, 'outbox');
  /** Those that could not be woken stay in it. */
  const asleep = new Set<string>();
  let hasLooked = false;

  async function findAsleep(): Promise<readonly string[]> {
    const woken = await takeWakes(db);
    if (hasLooked) return woken;
    const due = await findOverdueEndpoints(db, { seconds: 0 });
    hasLooked = true;
    return [...woken, ...due];
  }

  async function wakeAll(): Promise<void> {
    const ids = [...asleep].values();
    async function lane(): Promise<void> {
      for (const id of ids) {
        // Behind the others, should it fail.
        asleep.delete(id);
        await endpointWorkflows.wake(id).catch((error: unknown) => {
          asleep.add(id);
          throw error;
        });
      }
    }
    const lanes = await Promise.allSettled(Array.from({ length: AT_A_TIME }, lane));
    for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  }

  while (!stop.aborted) {
    let waitMs = POLL_MS;
    try {
      for (const id of await findAsleep()) asleep.add(id);
      if (asleep.size > 0) await wakeAll();
      trouble.succeeded();
    } catch (error) {
      if (!stop.aborted) trouble.failed(error);
      waitMs = POLL_IN_TROUBLE_MS;
    }
    await delay(waitMs, undefined, { signal: stop }).catch(() => undefined);
  }
}
