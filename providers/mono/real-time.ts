import type { ProviderContext } from '../provider.ts';
import { accountPath, type MonoAnswer, type MonoApi } from './api.ts';
import type { Part } from './data-status.ts';
import { wordIn } from './data-status.ts';
import { monoError } from './errors.ts';
import { awaitJob, jobState, readJob, type JobState } from './job.ts';
import type { OnceEach } from './once-each.ts';
import type { MonoSettings } from './settings.ts';

export interface RealTime {
  readonly api: MonoApi;
  readonly settings: MonoSettings;
  /** The jobs that were counted as paid. */
  readonly counted: OnceEach;
}

/**
 * Has Mono ask the bank, and waits until it has (docs.mono.co/docs/financial-data/realtime-data). What it found is
 * to be read afterwards, without the header. Within five minutes a repeat gives the job that there was.
 *
 * Rejects with `reauth` where the customer must log in, and with `retry` where the job failed or goes on for
 * too long: `account_updated` tells how it ends.
 */
export async function askBank(
  { api, settings, counted }: RealTime,
  part: Part,
  accountId: string,
  context: ProviderContext,
): Promise<void> {
  const endpoint = endpointFor(part, settings);
  const answer = await api.call(
    {
      method: 'GET',
      path: accountPath(accountId, endpoint),
      // What comes with it is not used.
      query: endpoint === 'transactions' ? { limit: '1' } : {},
      subject: 'account',
      realTime: true,
    },
    context,
  );
  const { headers, data } = answer;
  if (isTrue(headers.get('x-reauth-required'))) throw monoError('reauth', 'login_required');
  const jobId = headers.get('x-job-id');
  if (jobId === null) {
    // After 30 seconds without a job to ask for; else what came is of now.
    if (data === null) throw monoError('retry', 'realtime_processing');
    if (isTrue(headers.get('x-has-new-data'))) await context.paid({ call: `realtime_${endpoint}` });
    return;
  }
  const first = jobState(wordIn(headers.get('x-job-status')));
  const count = async (): Promise<void> => {
    if (!isCharged(answer, first) || !counted.first(jobId)) return;
    await context.paid({ call: `realtime_${endpoint}` });
  };
  let state = first;
  try {
    if (first === 'processing') state = await awaitJob(api, settings, accountId, jobId, context);
  } catch (error) {
    // It goes on without us, and may find something.
    await count();
    throw error;
  }
  if (state !== 'finished') throw await failure(api, accountId, jobId, state, context);
  await count();
}

/**
 * An account has one session in five minutes, which both products share: begun for the balance, it would bring
 * transactions only after that. So where they are to be had in real time, they are asked for, and bring the
 * balance along (a guess: no page says what a job of each retrieves).
 */
function endpointFor(part: Part, { realtimeTransactions }: MonoSettings): Part {
  return realtimeTransactions === 'never' ? part : 'transactions';
}

/**
 * The header is sent only where there is new data, which is what Mono charges for. Of a job that ends later no
 * call tells: it is counted, so that the count is never too low.
 */
function isCharged({ headers }: MonoAnswer, first: JobState): boolean {
  const told = headers.get('x-has-new-data');
  return told === null ? first === 'processing' : isTrue(told);
}

/** The header says `failed` where the customer must log in, too: the job may say which it is. */
async function failure(
  api: MonoApi,
  accountId: string,
  jobId: string,
  state: JobState,
  context: ProviderContext,
): Promise<Error> {
  const told = state === 'failed' ? await readJob(api, accountId, jobId, context) : state;
  return told === 'reauth'
    ? monoError('reauth', 'login_required')
    : monoError('retry', 'realtime_failed');
}

const isTrue = (header: string | null): boolean => header?.toLowerCase() === 'true';
