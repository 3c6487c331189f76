import { ProviderError, type ProviderErrorKind, type ProviderErrorOptions } from '../errors.ts';
import type { TransportFailure } from '../http.ts';
import { retryAfterMs } from '../retry-after.ts';

/** Mono documents no Retry-After with its 429; an hour is the longest that we believe. */
const RETRY_AFTER = { defaultMs: 60_000, longestMs: 3_600_000 };

/** What a call is about, as a 404 says that it is not there. */
export type Subject = 'account' | 'job' | 'service';

export function monoError(
  kind: ProviderErrorKind,
  code: string,
  options?: ProviderErrorOptions,
): ProviderError {
  return new ProviderError('mono', kind, code, options);
}

export function transportError(reason: TransportFailure): ProviderError {
  return monoError(reason === 'response_too_large' ? 'bug' : 'retry', reason);
}

/**
 * The error of an answer other than 2xx, by its status: Mono has no error codes (docs.mono.co/docs/errors
 * lists 400, 401, 402, 403, 404, 409, 429, 500, 502, 503 and 504). `isMonos` says whether it had Mono's
 * envelope: a gateway answers 404 too, and no consent ends on a gateway's word.
 */
export function replyError(
  status: number,
  subject: Subject,
  isMonos: boolean,
  headers: Headers,
): ProviderError {
  if (status === 429) {
    const wait = retryAfterMs(headers.get('retry-after'), RETRY_AFTER);
    return monoError('retry', 'rate_limited', { retryAfterMs: wait });
  }
  if (status >= 500) {
    const header = headers.get('retry-after');
    const options = header === null ? {} : { retryAfterMs: retryAfterMs(header, RETRY_AFTER) };
    return monoError('retry', `http_${status}`, options);
  }
  switch (status) {
    case 401:
      return monoError('config', 'credentials_rejected');
    // "The parameters were valid but the request failed"; what for, it does not say.
    case 402:
      return monoError('retry', 'request_failed');
    case 403:
      return monoError('config', 'access_denied');
    case 404:
      return isMonos ? notFound(subject) : monoError('config', 'endpoint_unknown');
    case 408:
      return monoError('retry', 'http_408');
    case 409:
      return monoError('retry', 'conflict');
    default:
      return status >= 300 && status < 400
        ? monoError('config', 'redirected')
        : monoError('bug', `http_${status}`);
  }
}

function notFound(subject: Subject): ProviderError {
  switch (subject) {
    case 'account':
      return monoError('gone', 'consent_ended');
    case 'job':
      return monoError('retry', 'job_unknown');
    case 'service':
      return monoError('config', 'endpoint_unknown');
  }
}
