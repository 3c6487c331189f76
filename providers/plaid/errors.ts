import { z } from 'zod';
import { ProviderError, type ProviderErrorKind, type ProviderErrorOptions } from '../errors.ts';
import type { TransportFailure } from '../http.ts';
import type { LosslessJson } from '../json.ts';
import { retryAfterMs } from '../retry-after.ts';
import { verdictOf, type ErrorParts } from './error-codes.ts';

/** Plaid documents no `Retry-After`; its limits are counted by the minute. */
const RETRY_AFTER = { defaultMs: 60_000, longestMs: 3_600_000 };

const word = z.string().nullish().catch(null);
const envelope = z.object({ error_type: word, error_code: word, error_code_reason: word });

export function plaidError(
  kind: ProviderErrorKind,
  code: string,
  options?: ProviderErrorOptions,
): ProviderError {
  return new ProviderError('plaid', kind, code, options);
}

export function transportError(reason: TransportFailure): ProviderError {
  return plaidError(reason === 'response_too_large' ? 'bug' : 'retry', reason);
}

/** What of an error may be looked at; null where `value` is none. */
export function errorParts(value: LosslessJson | undefined): ErrorParts | null {
  const parsed = envelope.safeParse(value);
  return parsed.success && (parsed.data.error_code || parsed.data.error_type) ? parsed.data : null;
}

/**
 * The error of an answer that is none: by `error_code`, else `error_type`, else the HTTP status, which
 * says little (a bank's outage is a 400). Never by a message.
 */
export function replyError(
  status: number,
  parts: ErrorParts | null,
  headers: Headers,
): ProviderError {
  const known = parts === null ? undefined : knownError(parts);
  if (known) return known;
  const wait = (): number => retryAfterMs(headers.get('retry-after'), RETRY_AFTER);
  if (status === 429) return plaidError('retry', 'rate_limited', { retryAfterMs: wait() });
  if (status >= 500) {
    const options = headers.has('retry-after') ? { retryAfterMs: wait() } : {};
    return plaidError('retry', `http_${status}`, options);
  }
  if (status === 408) return plaidError('retry', 'http_408');
  // Not `gone`: a proxy answers these too, and no consent ends on a proxy's word.
  if (status === 401 || status === 403) return plaidError('config', 'access_denied');
  if (status === 404 || status === 405) return plaidError('config', 'endpoint_unknown');
  if (status >= 300 && status < 400) return plaidError('config', 'redirected');
  if (status < 300) return plaidError('retry', 'answered_with_error');
  return plaidError('bug', `http_${status}`);
}

/** The error in which an Item is (`item.error`). */
export function itemError(parts: ErrorParts): ProviderError {
  return knownError(parts) ?? plaidError('retry', 'item_error', { retryAfterMs: 7_200_000 });
}

function knownError(parts: ErrorParts): ProviderError | undefined {
  const verdict = verdictOf(parts);
  return verdict && plaidError(verdict.kind, verdict.code, verdict);
}
