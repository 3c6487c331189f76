import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';

/** Why an activity failed for good, as far as a workflow may know. */
export interface Failure {
  readonly kind: string;
  readonly code: string;
  /** How long the provider asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/**
 * Reads the failure that an activity threw (see activities/fail.ts). Cancellation and everything
 * unforeseen is thrown on.
 */
export function readFailure(error: unknown): Failure {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof TimeoutFailure)
    return { kind: 'retry', code: 'timeout', retryAfterMs: null };
  if (cause instanceof ApplicationFailure) {
    const [code, retryAfterMs] = cause.details ?? [];
    return {
      kind: cause.type ?? 'internal',
      code: typeof code === 'string' ? code : 'internal',
      retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    };
  }
  return { kind: 'internal', code: 'internal', retryAfterMs: null };
}
