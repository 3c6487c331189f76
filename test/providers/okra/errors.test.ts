import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../providers/errors.ts';
import type { OkraConfig } from '../../../providers/okra/config.ts';
import { refreshError } from '../../../providers/okra/errors.ts';
import { testContext } from '../context.ts';
import { misbehaviour } from '../misbehaviour.ts';
import { answerJson, type Answer } from '../wire.ts';
import { account, errorOf, startScriptedBank, success } from './bank.ts';

const PRIVATE = 'ADA EXAMPLE 0123456789';

async function classify(answer: Answer, config: Partial<OkraConfig> = {}): Promise<unknown[]> {
  await using bank = await startScriptedBank(answer, config);
  const read = bank.provider.fetchBalance(account, { refresh: false }, testContext());
  const error = await errorOf(read);
  if (!(error instanceof ProviderError)) throw error;
  expect(error.message).toBe(`okra: ${error.code} (${error.kind})`);
  expect(JSON.stringify(error)).not.toContain(PRIVATE);
  expect(error.cause).toBeUndefined();
  return error.retryAfterMs === undefined
    ? [error.kind, error.code]
    : [error.kind, error.code, error.retryAfterMs];
}

const failure =
  (status: number, type?: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    answerJson(
      response,
      { status: 'error', message: PRIVATE, data: null, method: 'BALANCE', code: 1, type },
      status,
      headers,
    );

const answered =
  (body: unknown): Answer =>
  (response) =>
    answerJson(response, body);

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
    const config = { requestTimeoutMs: 100 };
    expect(await classify(misbehaviour[name], config)).toEqual(['retry', 'timeout']);
  });

  it('a port where nobody listens', async () => {
    const bank = await startScriptedBank(misbehaviour.silence);
    await bank[Symbol.asyncDispose]();
    const read = bank.provider.fetchBalance(account, { refresh: false }, testContext());
    expect(await errorOf(read)).toMatchObject({ kind: 'retry', code: 'network_error' });
  });
});

describe('what a status and type become', () => {
  it.each([
    [401, undefined, ['config', 'credentials_rejected']],
    [401, 'EXPIRED', ['config', 'credentials_rejected']],
    [429, 'RATE_LIMIT', ['retry', 'rate_limited', 60_000]],
    [429, undefined, ['retry', 'rate_limited', 60_000]],
    [400, 'RATE_LIMIT', ['retry', 'rate_limited', 60_000]],
    [400, 'EXPIRED', ['reauth', 'login_required']],
    [400, 'REAUTH', ['reauth', 'login_required']],
    [403, 'KILL', ['gone', 'consent_withdrawn']],
    [403, undefined, ['config', 'access_denied']],
    [404, 'NO_RECORD_ID', ['gone', 'account_unknown']],
    [404, undefined, ['config', 'endpoint_unknown']],
    [400, 'BANK_DOWN', ['retry', 'bank_down']],
    [400, 'FAILED_QUEUE', ['retry', 'queue_busy']],
    [400, 'SUSPENDED', ['config', 'client_suspended']],
    [400, 'PLAN', ['config', 'plan_missing']],
    [400, 'ENV', ['config', 'environment_wrong']],
    [400, 'API', ['bug', 'http_400']],
    [400, 'constructor', ['bug', 'http_400']],
    [400, undefined, ['bug', 'http_400']],
    [422, undefined, ['bug', 'http_422']],
    [408, undefined, ['retry', 'http_408']],
    [302, undefined, ['config', 'redirected']],
    [500, undefined, ['retry', 'http_500']],
    [500, 'KILL', ['retry', 'http_500']],
    [503, undefined, ['retry', 'http_503']],
    [200, 'EXPIRED', ['reauth', 'login_required']],
    [200, undefined, ['retry', 'answered_with_error']],
  ])('%i %s', async (status, type, verdict) => {
    expect(await classify(failure(status, type))).toEqual(verdict);
  });

  it('honours Retry-After, in seconds and as a date', async () => {
    const in7s = failure(429, 'RATE_LIMIT', { 'retry-after': '7' });
    expect(await classify(in7s)).toEqual(['retry', 'rate_limited', 7_000]);

    const date = new Date(Date.now() + 90_000).toUTCString();
    const verdict = await classify(failure(429, 'RATE_LIMIT', { 'retry-after': date }));
    expect(verdict[2]).toBeGreaterThan(60_000);
    expect(verdict[2]).toBeLessThanOrEqual(90_000);

    const far = failure(429, 'RATE_LIMIT', { 'retry-after': '999999' });
    expect(await classify(far)).toEqual(['retry', 'rate_limited', 3_600_000]);
    const busy = failure(503, undefined, { 'retry-after': '5' });
    expect(await classify(busy)).toEqual(['retry', 'http_503', 5_000]);
  });

  it('reads a status of false as an error too', async () => {
    const body = { type: 'EXPIRED', status: false, code: 1013, message: PRIVATE };
    expect(await classify(answered(body))).toEqual(['reauth', 'login_required']);
  });

  it('an error page instead of JSON', async () => {
    const verdict = await classify((response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end(`<html>${PRIVATE}</html>`);
    });
    expect(verdict).toEqual(['retry', 'http_502']);
  });

  it('a success of the wrong shape', async () => {
    expect(await classify(answered([PRIVATE]))).toEqual(['retry', 'response_malformed']);
    expect(await classify(answered(success(null)))).toEqual(['bug', 'invalid_balance']);
    expect(await classify(answered(success({ balance: PRIVATE })))).toEqual([
      'bug',
      'invalid_balance',
    ]);
    expect(await classify(answered(success({ balance: [] })))).toEqual([
      'retry',
      'balance_missing',
    ]);
  });
});

it.each([
  ['REAUTH', 'reauth', 'login_required'],
  ['EXPIRED', 'reauth', 'login_required'],
  ['BANK_DOWN', 'retry', 'bank_down'],
  ['KILL', 'gone', 'consent_withdrawn'],
  ['UNHEARD_OF', 'retry', 'refresh_failed'],
  [null, 'retry', 'refresh_failed'],
])('a refresh that failed with %s', (type, kind, code) => {
  expect(refreshError(type)).toMatchObject({ kind, code });
});
