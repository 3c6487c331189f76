import { ProviderError, type ProviderErrorKind, type ProviderErrorOptions } from '../errors.ts';
import type { TransportFailure } from '../http.ts';
import { retryAfterMs } from '../retry-after.ts';

/**
 * Okra documents one minute after a 429 and sends no header; an hour is the longest that we
 * believe.
 */
const RETRY_AFTER = { defaultMs: 60_000, longestMs: 3_600_000 };

type Verdict = readonly [ProviderErrorKind, string];

/**
 * The error types that ask for something definite. `type` is the one field that the vendor calls
 * safe for programs. `EXPIRED` and `KILL` are documented by name only; what they mean here, and
 * `REAUTH` and `BANK_DOWN`, is our choice.
 */
const BY_TYPE: Readonly<Record<string, Verdict>> = {
  RATE_LIMIT: ['retry', 'rate_limited'],
  EXPIRED: ['reauth', 'login_required'],
  REAUTH: ['reauth', 'login_required'],
  KILL: ['gone', 'consent_withdrawn'],
  NO_RECORD_ID: ['gone', 'account_unknown'],
  BANK_DOWN: ['retry', 'bank_down'],
  SLA: ['retry', 'bank_down'],
  EMPTY_QUEUE: ['retry', 'queue_busy'],
  QUEUE_FAILED: ['retry', 'queue_busy'],
  FAILED_QUEUE: ['retry', 'queue_busy'],
  DUPLICATED_QUEUE: ['retry', 'queue_busy'],
  MAX_RETRY: ['retry', 'queue_busy'],
  SUSPENDED: ['config', 'client_suspended'],
  FLAGGED_USER: ['config', 'client_suspended'],
  PLAN: ['config', 'plan_missing'],
  ENV: ['config', 'environment_wrong'],
};

export function okraError(
  kind: ProviderErrorKind,
  code: string,
  options?: ProviderErrorOptions,
): ProviderError {
  return new ProviderError('okra', kind, code, options);
}

export function transportError(reason: TransportFailure): ProviderError {
  return okraError(reason === 'response_too_large' ? 'bug' : 'retry', reason);
}

/**
 * The error of an answer that is none: a status other than 2xx, or a 2xx whose body says
 * `"status":"error"`. Looks at the status, the body's `type` and `Retry-After`; never at a message,
 * which the vendor words in two spellings.
 */
export function replyError(status: number, type: string | null, headers: Headers): ProviderError {
  if (status === 401) return okraError('config', 'credentials_rejected');
  if (status === 429 || (status < 500 && type === 'RATE_LIMIT')) {
    const wait = retryAfterMs(headers.get('retry-after'), RETRY_AFTER);
    return okraError('retry', 'rate_limited', { retryAfterMs: wait });
  }
  if (status >= 500) {
    const header = headers.get('retry-after');
    const options = header === null ? {} : { retryAfterMs: retryAfterMs(header, RETRY_AFTER) };
    return okraError('retry', `http_${status}`, options);
  }
  const verdict = verdictOf(type);
  if (verdict) return okraError(...verdict);
  if (status === 408) return okraError('retry', 'http_408');
  // Not `gone`: a proxy answers these too, and no consent ends on a proxy's word.
  if (status === 403) return okraError('config', 'access_denied');
  if (status === 404 || status === 405) return okraError('config', 'endpoint_unknown');
  if (status >= 300 && status < 400) return okraError('config', 'redirected');
  if (status < 300) return okraError('retry', 'answered_with_error');
  return okraError('bug', `http_${status}`);
}

/** The error of a refresh that the callback reports as failed. */
export function refreshError(type: string | null): ProviderError {
  const verdict = verdictOf(type) ?? (['retry', 'refresh_failed'] as const);
  return okraError(...verdict);
}

function verdictOf(type: string | null): Verdict | undefined {
  return type !== null && Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
}
