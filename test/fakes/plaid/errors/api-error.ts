import type { WireError } from '../wire.ts';
import { ERROR_CODES, type ErrorCode, type PlaidErrorCode } from './codes.ts';

/** `OAUTH_INVALID_TOKEN`, `OAUTH_CONSENT_EXPIRED` or `OAUTH_USER_REVOKED` are documented. */
export interface ErrorDetail {
  readonly reason?: string;
  readonly message?: string;
}

/** Answers a call with an error envelope. */
export class ApiError extends Error {
  readonly code: PlaidErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: PlaidErrorCode, detail: ErrorDetail = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

export function statusOf(code: PlaidErrorCode): number {
  return ERROR_CODES[code].status;
}

/** The envelope, as in an answer; inside an item or a webhook it has no `request_id`. */
export function errorEnvelope(
  code: PlaidErrorCode,
  { reason, message }: ErrorDetail = {},
  requestId?: string,
): WireError {
  const known: ErrorCode = ERROR_CODES[code];
  return {
    error_type: known.type,
    error_code: code,
    ...(reason === undefined ? {} : { error_code_reason: reason }),
    error_message: message ?? known.message,
    display_message: known.display ?? null,
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}
