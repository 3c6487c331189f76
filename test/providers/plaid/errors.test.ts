import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../providers/errors.ts';
import { verdictOf } from '../../../providers/plaid/error-codes.ts';
import type { PlaidOptions } from '../../../providers/plaid/settings.ts';
import { errorEnvelope, statusOf } from '../../fakes/plaid/errors/api-error.ts';
import { ERROR_CODES, PLAID_ERROR_CODES } from '../../fakes/plaid/errors/codes.ts';
import { testContext } from '../context.ts';
import { misbehaviour } from '../misbehaviour.ts';
import { answerJson, type Answer } from '../wire.ts';
import { CONNECTION, errorOf, scripted } from './bank.ts';

const PRIVATE = 'ADA EXAMPLE 0123456789';

async function classify(answer: Answer, options: Partial<PlaidOptions> = {}): Promise<unknown[]> {
  const { provider } = await scripted(answer, options);
  const error = await errorOf(provider.listAccounts(CONNECTION, testContext()));
  if (!(error instanceof ProviderError)) throw error;
  expect(error.message).toBe(`plaid: ${error.code} (${error.kind})`);
  expect(JSON.stringify(error)).not.toContain(PRIVATE);
  expect(error.cause).toBeUndefined();
  return error.retryAfterMs === undefined
    ? [error.kind, error.code]
    : [error.kind, error.code, error.retryAfterMs];
}

const refusal =
  (status: number, error: object, headers: Record<string, string> = {}): Answer =>
  (response) =>
    answerJson(
      response,
      { error_message: PRIVATE, display_message: PRIVATE, ...error },
      status,
      headers,
    );

const closedFor = (seconds: string): Answer => refusal(503, {}, { 'retry-after': seconds });

const MINUTE = 60_000;
const HOURS = 120 * MINUTE;

describe('what a failing server becomes', () => {
  it.each([
    ['dropBeforeHeaders', 'retry', 'network_error'],
    ['dropInBody', 'retry', 'response_truncated'],
    ['dropInChunkedBody', 'retry', 'response_truncated'],
    ['truncatedJson', 'retry', 'response_malformed'],
    ['html', 'retry', 'response_malformed'],
    ['latin1', 'retry', 'response_malformed'],
    ['zipBomb', 'bug', 'response_too_large'],
  ] as const)('%s', async (name, kind, code) => {
    expect(await classify(misbehaviour[name])).toEqual([kind, code]);
  });

  it.each(['silence', 'silenceInBody'] as const)('%s', async (name) => {
    expect(await classify(misbehaviour[name], { requestTimeoutMs: 100 })).toEqual([
      'retry',
      'timeout',
    ]);
  });

  it.each([
    [401, ['config', 'access_denied']],
    [403, ['config', 'access_denied']],
    [404, ['config', 'endpoint_unknown']],
    [302, ['config', 'redirected']],
    [408, ['retry', 'http_408']],
    [418, ['bug', 'http_418']],
    [429, ['retry', 'rate_limited', MINUTE]],
    [500, ['retry', 'http_500']],
    [503, ['retry', 'http_503']],
  ] as const)('HTTP %i without an envelope', async (status, expected) => {
    expect(await classify((response) => answerJson(response, '<html>', status))).toEqual(expected);
  });

  it('waits as long as a proxy asks for, and never for days', async () => {
    expect(await classify(closedFor('7'))).toEqual(['retry', 'http_503', 7_000]);
    expect(await classify(closedFor('999999'))).toEqual(['retry', 'http_503', 60 * MINUTE]);
  });
});

describe('what an error code becomes', () => {
  it.each([
    ['INTERNAL_SERVER_ERROR', ['retry', 'internal_server_error']],
    ['PLANNED_MAINTENANCE', ['retry', 'planned_maintenance', 15 * MINUTE]],
    ['RATE_LIMIT', ['retry', 'rate_limited', MINUTE]],
    ['ACCOUNTS_LIMIT', ['retry', 'rate_limited', MINUTE]],
    ['TRANSACTIONS_SYNC_LIMIT', ['retry', 'rate_limited', MINUTE]],
    ['INSTITUTION_RATE_LIMIT', ['retry', 'institution_rate_limit', 15 * MINUTE]],
    ['CREDITS_EXHAUSTED', ['config', 'credits_exhausted']],
    ['PRODUCT_NOT_READY', ['retry', 'product_not_ready', MINUTE]],
    ['INSTITUTION_DOWN', ['retry', 'institution_down', HOURS]],
    ['INSTITUTION_NOT_RESPONDING', ['retry', 'institution_not_responding', HOURS]],
    ['INSTITUTION_NOT_AVAILABLE', ['retry', 'institution_not_available', HOURS]],
    ['TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION', ['restart', 'pagination_moved']],
    ['ITEM_LOGIN_REQUIRED', ['reauth', 'login_required']],
    ['ITEM_LOCKED', ['reauth', 'item_locked']],
    ['PASSWORD_RESET_REQUIRED', ['reauth', 'password_reset_required']],
    ['USER_SETUP_REQUIRED', ['reauth', 'user_setup_required']],
    ['INVALID_CREDENTIALS', ['reauth', 'invalid_credentials']],
    ['INVALID_MFA', ['reauth', 'invalid_mfa']],
    ['ACCESS_NOT_GRANTED', ['reauth', 'access_not_granted']],
    ['ADDITIONAL_CONSENT_REQUIRED', ['reauth', 'additional_consent_required']],
    ['ITEM_NOT_FOUND', ['gone', 'item_not_found']],
    ['USER_PERMISSION_REVOKED', ['gone', 'user_permission_revoked']],
    ['INVALID_ACCESS_TOKEN', ['gone', 'invalid_access_token']],
    ['ITEM_NOT_SUPPORTED', ['gone', 'item_not_supported']],
    ['INSTITUTION_NO_LONGER_SUPPORTED', ['gone', 'institution_no_longer_supported']],
    ['INVALID_ACCOUNT_ID', ['gone', 'account_unknown']],
    ['INVALID_API_KEYS', ['config', 'credentials_rejected']],
    ['UNAUTHORIZED_ENVIRONMENT', ['config', 'unauthorized_environment']],
    ['UNAUTHORIZED_ROUTE_ACCESS', ['config', 'unauthorized_route_access']],
    ['UNAUTHORIZED_INSTITUTION', ['config', 'unauthorized_institution']],
    ['INVALID_FIELD', ['bug', 'invalid_field']],
  ] as const)('%s', async (code, expected) => {
    expect(await classify(refusal(statusOf(code), errorEnvelope(code)))).toEqual(expected);
  });

  // Those of sandbox endpoints are none: Freshet does not call them.
  const met = PLAID_ERROR_CODES.filter((code) => ERROR_CODES[code].type !== 'SANDBOX_ERROR');

  it.each(met)('%s has a meaning', (code) => {
    const verdict = verdictOf({ error_type: ERROR_CODES[code].type, error_code: code });
    expect(verdict?.code).toMatch(/^[a-z0-9_]+$/);
    // `account_…` ends one account, and leaves the connection.
    expect(verdict?.code.startsWith('account_')).toBe(code === 'INVALID_ACCOUNT_ID');
  });

  it.each([
    ['OAUTH_CONSENT_EXPIRED', 'consent_expired'],
    ['OAUTH_USER_REVOKED', 'user_revoked'],
    ['OAUTH_INVALID_TOKEN', 'login_required'],
    ['OAUTH_OF_TOMORROW', 'login_required'],
  ])('says why a login is needed: %s', async (reason, code) => {
    const error = errorEnvelope('ITEM_LOGIN_REQUIRED', { reason });
    expect(await classify(refusal(400, error))).toEqual(['reauth', code]);
  });

  it.each([
    ['API_ERROR', 400, ['retry', 'api_error']],
    ['RATE_LIMIT_EXCEEDED', 400, ['retry', 'rate_limited', MINUTE]],
    ['INSTITUTION_ERROR', 400, ['retry', 'institution_error', HOURS]],
    ['ITEM_ERROR', 400, ['retry', 'item_error', HOURS]],
    ['INVALID_INPUT', 400, ['config', 'invalid_input']],
    ['INVALID_REQUEST', 400, ['bug', 'invalid_request']],
    ['A_TYPE_OF_TOMORROW', 500, ['retry', 'http_500']],
    ['A_TYPE_OF_TOMORROW', 400, ['bug', 'http_400']],
    ['__proto__', 400, ['bug', 'http_400']],
  ])('goes by the type %s for a code that nobody knows', async (type, status, expected) => {
    const error = { error_type: type, error_code: 'A_CODE_OF_TOMORROW' };
    expect(await classify(refusal(status, error))).toEqual(expected);
  });

  it('goes by the code, not by the status', async () => {
    const down = errorEnvelope('INSTITUTION_DOWN');
    for (const status of [200, 400, 500]) {
      expect(await classify(refusal(status, down))).toEqual(['retry', 'institution_down', HOURS]);
    }
  });
});
