import type { PlaidErrorType } from 'plaid';

export interface ErrorCode {
  readonly type: `${PlaidErrorType}`;
  readonly status: number;
  readonly message: string;
  readonly display?: string;
}

type Row = readonly [code: string, message?: string, display?: string];

/** One type's codes, all with the same HTTP status unless a fourth place says otherwise. */
function table<const Rows extends readonly Row[]>(
  type: `${PlaidErrorType}`,
  status: number,
  rows: Rows,
): Record<Rows[number][0], ErrorCode> {
  const entries = rows.map(([code, message, display]) => [
    code,
    {
      type,
      status,
      message: message ?? code.toLowerCase().replaceAll('_', ' '),
      ...(display === undefined ? {} : { display }),
    },
  ]);
  return Object.fromEntries(entries) as Record<Rows[number][0], ErrorCode>;
}

/**
 * Every code that the documentation has for the endpoints here, with its type and HTTP status
 * (plaid.com/docs/errors, as of March 2026). Messages are in our own words where nothing hangs on
 * theirs; clients are told to branch on the code.
 */
export const ERROR_CODES = {
  ...table('API_ERROR', 500, [['INTERNAL_SERVER_ERROR', 'an unexpected error occurred']]),
  ...table('API_ERROR', 503, [
    ['PLANNED_MAINTENANCE', 'the Plaid API is temporarily unavailable due to planned maintenance'],
  ]),
  ...table('INSTITUTION_ERROR', 400, [
    ['INSTITUTION_DOWN', 'this institution is not currently responding', 'Please try again soon.'],
    ['INSTITUTION_NOT_RESPONDING', 'this institution is not currently responding'],
    ['INSTITUTION_NOT_AVAILABLE', 'this institution is not currently responding'],
    ['INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT'],
    ['INSTITUTION_NO_LONGER_SUPPORTED', 'this institution is no longer supported'],
    ['INSTITUTION_REGISTRATION_REQUIRED'],
    ['UNAUTHORIZED_INSTITUTION', 'not authorized to create items for this institution'],
    ['UNSUPPORTED_RESPONSE', 'the data returned from the financial institution is not valid'],
  ]),
  ...table('ITEM_ERROR', 400, [
    ['ACCESS_NOT_GRANTED', 'access to this product was not granted for the account'],
    ['INSTANT_MATCH_FAILED'],
    ['INSUFFICIENT_CREDENTIALS'],
    ['INVALID_CREDENTIALS', 'the provided credentials were not correct'],
    ['INVALID_MFA', 'the provided MFA response(s) were not correct'],
    ['INVALID_OTP'],
    ['INVALID_PHONE_NUMBER'],
    ['INVALID_SEND_METHOD'],
    ['INVALID_UPDATED_USERNAME'],
    ['ITEM_CONCURRENTLY_DELETED', 'this item was deleted while the operation was in progress'],
    ['ITEM_LOCKED', 'the account is locked', 'Please unlock your account at your institution.'],
    [
      'ITEM_LOGIN_REQUIRED',
      "the login details of this item have changed and a user login is required; use Link's " +
        'update mode to restore the item to a good state',
    ],
    ['ITEM_NOT_FOUND', 'The Item you requested cannot be found.'],
    ['ITEM_NOT_SUPPORTED', 'this account is currently not supported'],
    ['MANUAL_VERIFICATION_REQUIRED'],
    ['MFA_NOT_SUPPORTED'],
    ['NO_ACCOUNTS', 'no valid accounts were found for this item'],
    ['NO_AUTH_ACCOUNTS'],
    ['NO_INVESTMENT_ACCOUNTS'],
    ['NO_INVESTMENT_AUTH_ACCOUNTS'],
    ['NO_LIABILITY_ACCOUNTS'],
    ['PASSWORD_RESET_REQUIRED', 'user must reset their password'],
    ['PRODUCT_NOT_ENABLED'],
    ['PRODUCT_NOT_READY', 'the requested product is not yet ready'],
    ['PRODUCTS_NOT_SUPPORTED'],
    ['USER_INPUT_TIMEOUT'],
    ['USER_SETUP_REQUIRED', "the account has not been fully set up at the institution's site"],
  ]),
  ...table('INVALID_INPUT', 400, [
    ['ADDITIONAL_CONSENT_REQUIRED', 'client does not have user consent to access the product'],
    ['DIRECT_INTEGRATION_NOT_ENABLED'],
    ['INVALID_ACCESS_TOKEN', 'could not find matching access token'],
    ['INVALID_ACCOUNT_ID', 'failed to find requested account ID for requested item'],
    ['INVALID_API_KEYS', 'invalid client_id or secret provided'],
    ['INVALID_INSTITUTION', 'invalid institution_id provided'],
    ['INVALID_LINK_CUSTOMIZATION'],
    ['INVALID_LINK_TOKEN', 'invalid link_token provided'],
    ['INVALID_PRODUCT', 'client is not authorized to access the requested products'],
    ['INVALID_PUBLIC_TOKEN', 'could not find matching public token'],
    ['INVALID_USER_ID'],
    ['INVALID_USER_TOKEN'],
    ['INVALID_WEBHOOK_VERIFICATION_KEY_ID', 'invalid key_id provided'],
    ['UNAUTHORIZED_ENVIRONMENT', 'you are not authorized to create items in this environment'],
    ['UNAUTHORIZED_ROUTE_ACCESS', 'you are not authorized to access this route'],
    ['USER_PERMISSION_REVOKED', 'the holder of this account has revoked their permission'],
  ]),
  ...table('INVALID_REQUEST', 400, [
    ['INCOMPATIBLE_API_VERSION'],
    ['INVALID_BODY', 'body could not be parsed as JSON'],
    ['INVALID_CONFIGURATION'],
    ['INVALID_FIELD'],
    ['INVALID_HEADERS'],
    ['MISSING_FIELDS'],
    ['SANDBOX_ONLY', 'access to this route is only available in the sandbox environment'],
    ['UNKNOWN_FIELDS'],
  ]),
  ...table('INVALID_REQUEST', 404, [['NO_LONGER_AVAILABLE'], ['NOT_FOUND', 'not found']]),
  ...table('INVALID_RESULT', 400, [
    ['LAST_UPDATED_DATETIME_OUT_OF_RANGE', 'requested datetime out of range'],
  ]),
  ...table('OAUTH_ERROR', 400, [
    ['INCORRECT_OAUTH_NONCE'],
    ['INCORRECT_LINK_TOKEN'],
    ['OAUTH_STATE_ID_ALREADY_PROCESSED'],
    ['OAUTH_STATE_ID_NOT_FOUND'],
  ]),
  ...table('RATE_LIMIT_EXCEEDED', 429, [
    ['ACCOUNTS_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['ACCOUNTS_BALANCE_GET_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['BALANCE_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['CREDITS_EXHAUSTED', 'Free usage exhausted, please request full Production access'],
    ['INSTITUTION_RATE_LIMIT', 'The institution is currently receiving too many requests.'],
    ['INSTITUTIONS_GET_LIMIT', 'rate limit exceeded'],
    ['INSTITUTIONS_GET_BY_ID_LIMIT', 'rate limit exceeded'],
    ['ITEM_GET_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['RATE_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['TRANSACTIONS_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['TRANSACTIONS_REFRESH_LIMIT', 'rate limit exceeded for attempts to access this item'],
    ['TRANSACTIONS_SYNC_LIMIT', 'rate limit exceeded for attempts to access this item'],
  ]),
  ...table('SANDBOX_ERROR', 400, [
    ['SANDBOX_PRODUCT_NOT_ENABLED'],
    ['SANDBOX_WEBHOOK_INVALID', 'no webhook is set for this item'],
    ['SANDBOX_ACCOUNT_SELECT_V2_NOT_ENABLED'],
    ['SANDBOX_TRANSFER_EVENT_TRANSITION_INVALID'],
  ]),
  ...table('TRANSACTIONS_ERROR', 400, [
    [
      'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION',
      'Underlying transaction data changed since last page was fetched. ' +
        'Please restart pagination from last update.',
    ],
  ]),
} satisfies Record<string, ErrorCode>;

export type PlaidErrorCode = keyof typeof ERROR_CODES;

export const PLAID_ERROR_CODES = Object.keys(ERROR_CODES) as PlaidErrorCode[];
