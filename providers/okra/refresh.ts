import { z } from 'zod';
import { ProviderError } from '../errors.ts';
import type { CallContext } from '../provider.ts';
import { wait } from '../wait.ts';
import type { OkraApi, OkraData } from './api.ts';
import type { OkraSettings } from './config.ts';
import { okraError, refreshError } from './errors.ts';
import { read } from './fields.ts';

const GROWTH = 1.5;
const LARGEST_GROWTH = 8;

const started = z.object({ callback_url: z.string() });

const flag = z.boolean().nullish().catch(null);

const progress = z.object({
  status: z
    .object({ process: z.object({ running: flag, completed: flag, failed: flag }).nullish() })
    .nullish()
    .catch(null),
  error: z.object({ type: z.string().nullish() }).nullish().catch(null),
});

/** The parts of a callback's answer that hold what was asked for; there only once it is done. */
const RESULTS = ['balance', 'balances', 'transactions'];

/**
 * Tells the bank to extract now, and looks at the callback URL until it has. A look that fails for
 * a passing reason is repeated rather than thrown: starting over would make the bank extract a
 * second time.
 *
 * Rejects with `retry` `refresh_timeout` when `callbackTimeoutMs` has passed, or with what the bank
 * reports.
 */
export async function refreshAtBank(
  api: OkraApi,
  settings: OkraSettings,
  path: 'balance/refresh' | 'transactions/refresh',
  providerAccountId: string,
  context: CallContext,
): Promise<void> {
  const answer = await api.post(path, { account_id: providerAccountId }, context);
  const { callback_url: url } = read(started, { ...answer.fields }, 'refresh');
  const deadline = performance.now() + settings.callbackTimeoutMs;
  let pause = settings.callbackPollMs;
  for (;;) {
    const look = await lookAt(api, url, context);
    if (look === 'done') return;
    const passing = look === 'running' ? undefined : look.passing;
    const pauseNow = Math.max(pause, passing?.retryAfterMs ?? 0);
    if (performance.now() + pauseNow > deadline) {
      throw passing ?? okraError('retry', 'refresh_timeout');
    }
    await wait(pauseNow, context);
    pause = Math.min(pause * GROWTH, settings.callbackPollMs * LARGEST_GROWTH);
  }
}

type Look = 'done' | 'running' | { readonly passing: ProviderError };

async function lookAt(api: OkraApi, url: string, context: CallContext): Promise<Look> {
  let data: OkraData;
  try {
    data = await api.callback(url, context);
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'retry') return { passing: error };
    throw error;
  }
  return stateOf(data);
}

function stateOf(data: OkraData): 'done' | 'running' {
  const { status, error } = read(progress, { ...data.fields }, 'callback');
  const process = status?.process;
  if (process?.failed || error) throw refreshError(error?.type ?? null);
  if (process?.completed) return 'done';
  if (process?.running) return 'running';
  return RESULTS.some((part) => part in data.fields) ? 'done' : 'running';
}
