import { ProviderError } from '../errors.ts';
import type { CallContext } from '../provider.ts';
import { wait } from '../wait.ts';
import { accountPath, type MonoApi } from './api.ts';
import { wantsLogin, wordIn } from './data-status.ts';
import { monoError } from './errors.ts';
import { partsOf } from './parts.ts';
import type { MonoSettings } from './settings.ts';

const GROWTH = 1.5;
const LARGEST_GROWTH = 8;

export type JobState = 'processing' | 'finished' | 'failed' | 'reauth';

/**
 * In the words of the guide and of the changelog of September 2024, in any case. What is neither an end nor
 * known goes on.
 */
export function jobState(word: string): JobState {
  if (wantsLogin(word)) return 'reauth';
  if (word === 'FINISHED' || word === 'SUCCESSFUL') return 'finished';
  return word === 'FAILED' ? 'failed' : 'processing';
}

/** `GET /v2/accounts/{id}/jobs/{jobId}`. An older shape has `job_status` and `reauth_required`. */
export async function readJob(
  api: MonoApi,
  accountId: string,
  jobId: string,
  context: CallContext,
): Promise<JobState> {
  const path = accountPath(accountId, 'jobs', jobId);
  const { data } = await api.call({ method: 'GET', path, subject: 'job' }, context);
  const job = partsOf(data);
  if (job['reauth_required'] === true) return 'reauth';
  return jobState(wordIn(job['status'] ?? job['job_status']));
}

/**
 * Looks at a job, with growing pauses, until it has ended, or for `jobTimeoutMs`. A look that fails for a passing
 * reason is repeated rather than thrown.
 */
export async function awaitJob(
  api: MonoApi,
  settings: MonoSettings,
  accountId: string,
  jobId: string,
  context: CallContext,
): Promise<JobState> {
  const deadline = performance.now() + settings.jobTimeoutMs;
  let pause = settings.jobPollMs;
  for (;;) {
    let passing: ProviderError | null = null;
    const pauseNow = Math.min(pause, Math.max(deadline - performance.now(), 0));
    await wait(pauseNow, context);
    try {
      const state = await readJob(api, accountId, jobId, context);
      if (state !== 'processing') return state;
    } catch (error) {
      if (!(error instanceof ProviderError && error.kind === 'retry')) throw error;
      passing = error;
    }
    const next = Math.max(pause * GROWTH, passing?.retryAfterMs ?? 0);
    if (performance.now() >= deadline || (passing?.retryAfterMs ?? 0) > settings.jobTimeoutMs) {
      throw passing ?? monoError('retry', 'realtime_processing');
    }
    pause = Math.min(
      next,
      Math.max(settings.jobPollMs * LARGEST_GROWTH, passing?.retryAfterMs ?? 0),
    );
  }
}
