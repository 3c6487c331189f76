import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { StageLost } from '../db/transactions/commit-transactions.ts';
import { SyncRefused } from '../db/syncs/open-sync-commit.ts';
import { ProviderError } from '../providers/errors.ts';

/**
 * A wait that the provider asks for is sat out inside the activity up to this; a longer one becomes
 * the account's state.
 */
const LONGEST_WAIT_IN_ACTIVITY_MS = 20_000;
const LONGEST_WAIT_MS = 6 * 60 * 60_000;

/**
 * Turns any error into what Temporal may keep of it: a type, a code, and a wait. The type is the
 * provider's error kind, or `refused` or `internal`. An error's own message can quote bank data and
 * stays out.
 */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ProviderError) return fromProvider(error);
  if (error instanceof StageLost) return failure('restart', 'stage_lost', true);
  if (error instanceof SyncRefused) return failure('refused', error.code, false);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isPlainCode = typeof code === 'string' && /^[A-Za-z0-9_]{1,40}$/.test(code);
  return failure('internal', isPlainCode ? `internal_${code}` : 'internal', true);
}

/** The wait after an error that only a person can end, unless the provider names one. */
const PATIENCE_MS = 5 * 60_000;

/**
 * As `toFailure`, for what is tried until it succeeds: no error of a provider ends it, but one that does
 * not pass by itself is tried again slowly.
 */
export function toPatientFailure(error: unknown): ApplicationFailure {
  if (!(error instanceof ProviderError)) return toFailure(error);
  const { kind, code, retryAfterMs } = error;
  const isTransient = kind === 'retry' || kind === 'restart';
  const waitMs = retryAfterMs ?? (isTransient ? undefined : PATIENCE_MS);
  return failure(kind, code, true, waitMs && Math.min(waitMs, LONGEST_WAIT_MS));
}

function fromProvider(error: ProviderError): ApplicationFailure {
  const isTransient = error.kind === 'retry' || error.kind === 'restart';
  if (!isTransient || error.retryAfterMs === undefined) {
    return failure(error.kind, error.code, isTransient);
  }
  const wait = Math.min(error.retryAfterMs, LONGEST_WAIT_MS);
  return wait <= LONGEST_WAIT_IN_ACTIVITY_MS
    ? failure(error.kind, error.code, true, wait)
    : ApplicationFailure.create({
        type: error.kind,
        message: error.code,
        details: [error.code, wait],
        nonRetryable: true,
        category: ApplicationFailureCategory.BENIGN,
      });
}

function failure(
  type: string,
  code: string,
  retryable: boolean,
  waitMs?: number,
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: code,
    details: [code],
    nonRetryable: !retryable,
    category: ApplicationFailureCategory.BENIGN,
    ...(waitMs === undefined ? {} : { nextRetryDelay: waitMs }),
  });
}
