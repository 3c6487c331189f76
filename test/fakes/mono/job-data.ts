import type { JsonObject } from './json.ts';
import type { Job } from './types.ts';
import type { World } from './world.ts';

/** A job as its endpoint and its webhook show it. */
export function jobData(world: World, job: Job): JsonObject {
  return {
    account: job.accountId,
    business: world.business,
    app: world.app,
    id: job.id,
    name: job.product === 'balance' ? 'jobs.accounts.sync_balance' : 'jobs.accounts.sync_statement',
    status: job.status,
  };
}
