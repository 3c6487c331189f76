import type { ProviderErrorKind } from '../errors.ts';

export interface Verdict {
  readonly kind: ProviderErrorKind;
  readonly code: string;
  readonly retryAfterMs?: number;
}

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOURS_MS = 2 * 60 * MINUTE_MS;

const retry = (code: string, retryAfterMs?: number): Verdict =>
  retryAfterMs === undefined ? { kind: 'retry', code } : { kind: 'retry', code, retryAfterMs };

/** Plaid's own code in lower case: it can be looked up in Plaid's documentation. */
const each = (kind: ProviderErrorKind, ...codes: readonly string[]): Record<string, Verdict> =>
  Object.fromEntries(codes.map((code) => [code, { kind, code: code.toLowerCase() }]));

/**
 * By `error_code`, which Plaid calls safe for programs. Codes and what they ask for are from its error
 * reference; the waits are our choice.
 */
const BY_CODE: Readonly<Record<string, Verdict>> = {
  INTERNAL_SERVER_ERROR: retry('internal_server_error'),
  PLANNED_MAINTENANCE: retry('planned_maintenance', QUARTER_MS),

  // Outages of a bank, though they come as HTTP 400. They last for hours.
  INSTITUTION_DOWN: retry('institution_down', HOURS_MS),
  INSTITUTION_NOT_RESPONDING: retry('institution_not_responding', HOURS_MS),
  INSTITUTION_NOT_AVAILABLE: retry('institution_not_available', HOURS_MS),
  UNSUPPORTED_RESPONSE: retry('unsupported_response', HOURS_MS),
  LAST_UPDATED_DATETIME_OUT_OF_RANGE: retry('last_updated_datetime_out_of_range', HOURS_MS),

  INSTITUTION_RATE_LIMIT: retry('institution_rate_limit', QUARTER_MS),
  PRODUCT_NOT_READY: retry('product_not_ready', MINUTE_MS),
  // A 429 that more calls do not end.
  ...each('config', 'CREDITS_EXHAUSTED', 'TRIAL_CONNECTION_LIMIT', 'ADDITION_LIMIT'),

  TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION: { kind: 'restart', code: 'pagination_moved' },

  ITEM_LOGIN_REQUIRED: { kind: 'reauth', code: 'login_required' },
  ...each(
    'reauth',
    'ITEM_LOCKED',
    'PASSWORD_RESET_REQUIRED',
    'USER_SETUP_REQUIRED',
    'USER_INPUT_TIMEOUT',
    'INVALID_CREDENTIALS',
    'INSUFFICIENT_CREDENTIALS',
    'INVALID_MFA',
    'INVALID_OTP',
    'INVALID_SEND_METHOD',
    'INVALID_PHONE_NUMBER',
    'INVALID_UPDATED_USERNAME',
    'MFA_NOT_SUPPORTED',
    'NO_ACCOUNTS',
    'ACCESS_NOT_GRANTED',
    'ADDITIONAL_CONSENT_REQUIRED',
  ),

  ...each(
    'gone',
    'ITEM_NOT_FOUND',
    'ITEM_CONCURRENTLY_DELETED',
    'ITEM_NOT_SUPPORTED',
    'INVALID_ACCESS_TOKEN',
    'USER_PERMISSION_REVOKED',
    'INSTITUTION_NO_LONGER_SUPPORTED',
    'INVALID_LINK_TOKEN',
  ),
  // Of one account: the connection stands.
  INVALID_ACCOUNT_ID: { kind: 'gone', code: 'account_unknown' },

  INVALID_API_KEYS: { kind: 'config', code: 'credentials_rejected' },
  ...each(
    'config',
    'UNAUTHORIZED_ENVIRONMENT',
    'UNAUTHORIZED_ROUTE_ACCESS',
    'UNAUTHORIZED_INSTITUTION',
    'INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT',
    'INSTITUTION_REGISTRATION_REQUIRED',
    'INVALID_PRODUCT',
    'PRODUCT_NOT_ENABLED',
    'PRODUCTS_NOT_SUPPORTED',
    'DIRECT_INTEGRATION_NOT_ENABLED',
    'INVALID_CONFIGURATION',
    'INVALID_LINK_CUSTOMIZATION',
    'INCOMPATIBLE_API_VERSION',
    'INVALID_HEADERS',
    'SANDBOX_ONLY',
    'NOT_FOUND',
    'NO_LONGER_AVAILABLE',
  ),

  ...each(
    'bug',
    'MISSING_FIELDS',
    'UNKNOWN_FIELDS',
    'INVALID_FIELD',
    'INVALID_BODY',
    'INVALID_PUBLIC_TOKEN',
    'INVALID_WEBHOOK_VERIFICATION_KEY_ID',
  ),
};

/** Codes that are not above. A new one of an Item may ask for a login or not: it is asked again later. */
const BY_TYPE: Readonly<Record<string, Verdict>> = {
  API_ERROR: retry('api_error'),
  RATE_LIMIT_EXCEEDED: retry('rate_limited', MINUTE_MS),
  INSTITUTION_ERROR: retry('institution_error', HOURS_MS),
  ITEM_ERROR: retry('item_error', HOURS_MS),
  TRANSACTIONS_ERROR: retry('transactions_error'),
  OAUTH_ERROR: { kind: 'reauth', code: 'oauth_error' },
  INVALID_RESULT: retry('invalid_result', HOURS_MS),
  INVALID_INPUT: { kind: 'config', code: 'invalid_input' },
  INVALID_REQUEST: { kind: 'bug', code: 'invalid_request' },
};

/** Why an OAuth login is needed; only with codes that ask for one. */
const BY_REASON: Readonly<Record<string, string>> = {
  OAUTH_CONSENT_EXPIRED: 'consent_expired',
  OAUTH_USER_REVOKED: 'user_revoked',
};

/** The parts of Plaid's error envelope that programs may look at. */
export interface ErrorParts {
  readonly error_type?: string | null | undefined;
  readonly error_code?: string | null | undefined;
  readonly error_code_reason?: string | null | undefined;
}

/** Undefined where neither the code nor the type is known. */
export function verdictOf(parts: ErrorParts): Verdict | undefined {
  const found = own(BY_CODE, parts.error_code) ?? own(BY_TYPE, parts.error_type);
  const reason = own(BY_REASON, parts.error_code_reason);
  return found?.kind === 'reauth' && reason ? { kind: 'reauth', code: reason } : found;
}

function own<T>(
  table: Readonly<Record<string, T>>,
  name: string | null | undefined,
): T | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
}
