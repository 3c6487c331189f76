import { extract } from './extract.ts';
import type { Fake } from './fake.ts';
import type { Account, DataStatus, Job, Part } from './types.ts';
import { jobsUpdate, updated } from './webhooks/events.ts';
import { accountOf } from './world.ts';

export interface JobOutcome {
  /**
   * `reauth` fails because the user must log in again: so it is when the account needs that, and
   * else `finished`, when not given.
   */
  readonly outcome?: 'finished' | 'failed' | 'reauth';
  /** What a finished job retrieves, instead of what the settings say. */
  readonly retrieve?: readonly Part[];
  /** The account's data status afterwards, instead of what follows. */
  readonly dataStatus?: DataStatus;
  /** False: no webhooks. */
  readonly announce?: boolean;
}

/**
 * Ends a job, and tells of it: first `mono.accounts.jobs.update`, shortly after
 * `mono.events.account_updated` (docs/financial-data/realtime-data). What is held stays as it was
 * when the job fails.
 */
export function settleJob(fake: Fake, job: Job, how: JobOutcome = {}): void {
  const account = accountOf(fake.world, job.accountId);
  const { outcome = account.reauthRequired ? 'reauth' : 'finished', announce = true } = how;
  if (outcome === 'finished') {
    const parts = how.retrieve ?? fake.world.settings.jobRetrieves[job.product];
    job.hasNewData = extract(fake.world, account, parts);
    job.status = 'finished';
  } else {
    job.status = 'failed';
    job.reauthRequired = outcome === 'reauth';
    account.reauthRequired ||= job.reauthRequired;
  }
  if (how.dataStatus !== undefined) account.dataStatus = how.dataStatus;
  if (announce) announceJob(fake, account, job);
}

function announceJob({ webhooks, world }: Fake, account: Account, job: Job): void {
  webhooks.send(jobsUpdate(world, job));
  webhooks.send(updated(world, account, { job }));
}
