import type { Fake } from './fake.ts';
import { newId } from './ids.ts';
import { settleJob } from './jobs.ts';
import type { Account, Job, Part } from './types.ts';
import { jobsUpdate } from './webhooks/events.ts';
import type { Answer } from './wire/envelope.ts';

const SESSION_MS = 5 * 60_000;

export interface RealTimeAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** The whole answer, where the bank took too long. */
  readonly instead: Answer | null;
}

/**
 * What a call with `x-realtime: true` does (docs/financial-data/realtime-data): one session for an
 * account in five minutes. A repeat gives the last job as it stands; the documents say so while the
 * job is in the queue, for one that has ended it is a guess.
 *
 * An account whose user must log in again has a failed job, and the call shows what was held.
 */
export function realTimeAnswer(
  fake: Fake,
  account: Account,
  product: Part,
  wanted: boolean,
): RealTimeAnswer {
  if (!wanted) return { headers: {}, instead: null };
  const { settings } = fake.world;
  const job = runningSession(fake, account) ?? startSession(fake, account, product);
  const headers = {
    'x-job-id': job.id,
    'x-job-status': job.status,
    ...((job.hasNewData || settings.sendsFalseHasNewData) && {
      'x-has-new-data': String(job.hasNewData),
    }),
  };
  const enqueued = settings.realTime === 'enqueued' && job.status === 'processing';
  return { headers, instead: enqueued ? tooSlow(headers) : null };
}

function runningSession({ world }: Fake, { session }: Account): Job | null {
  return session !== null && world.now() < session.at + SESSION_MS ? session.job : null;
}

function startSession(fake: Fake, account: Account, product: Part): Job {
  const { world } = fake;
  const job: Job = {
    id: newId(),
    accountId: account.id,
    product,
    status: 'processing',
    hasNewData: false,
    reauthRequired: false,
  };
  world.jobs.set(job.id, job);
  account.session = { at: world.now(), job };
  const mode = world.settings.realTime;
  if (mode === 'finished') settleJob(fake, job);
  else if (mode === 'failed') settleJob(fake, job, { outcome: 'failed' });
  else fake.webhooks.send(jobsUpdate(world, job));
  return job;
}

/** After 30 seconds, in the words of the page as it was in July 2024. */
function tooSlow(headers: Readonly<Record<string, string>>): Answer {
  const message =
    'Account transaction sync is enqueued, please try again once notified via webhook';
  return { message, data: null, headers };
}
