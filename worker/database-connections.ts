import { MAIN_CONCURRENCY } from './create-workers.ts';
import type { ProviderQueue } from './provider-queues.ts';

/** They hold one for moments only, however many endpoints there are. */
const FOR_DELIVERIES = 8;

/**
 * How many connections to Postgres a worker may open: one for every two activities at a time, since
 * those that sync wait for the bank most of the time, and hold none meanwhile.
 */
export function databaseConnections(queues: readonly Pick<ProviderQueue, 'concurrency'>[]): number {
  const activities = queues.reduce((sum, { concurrency }) => sum + concurrency, MAIN_CONCURRENCY);
  return Math.ceil(activities / 2) + FOR_DELIVERIES;
}
