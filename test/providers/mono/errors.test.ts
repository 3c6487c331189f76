import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../providers/errors.ts';
import { createMonoProvider } from '../../../providers/mono/provider.ts';
import { monoSettings, type MonoOptions } from '../../../providers/mono/settings.ts';
import { testContext } from '../context.ts';
import { misbehaviour } from '../misbehaviour.ts';
import { answerJson, startWire, type Answer } from '../wire.ts';
import { errorOf } from './bank.ts';

const PRIVATE = 'ADA EXAMPLE 0123456789';
const ref = { providerConnectionId: 'a1', providerAccountId: 'a1', credentials: {} };

async function classify(answer: Answer, options: Partial<MonoOptions> = {}): Promise<unknown[]> {
  await using wire = await startWire(answer);
  const provider = createMonoProvider(
    monoSettings({
      secretKey: 'test_sk_of_a_test',
      webhookSecret: 'of-a-test',
      baseUrl: wire.url,
      ...options,
    }),
  );
  const error = await errorOf(provider.fetchBalance(ref, { refresh: false }, testContext()));
  if (!(error instanceof ProviderError)) throw error;
  expect(error.message).toBe(`mono: ${error.code} (${error.kind})`);
  expect(JSON.stringify(error)).not.toContain(PRIVATE);
  expect(error.cause).toBeUndefined();
  return error.retryAfterMs === undefined
    ? [error.kind, error.code]
    : [error.kind, error.code, error.retryAfterMs];
}

const failure =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    answerJson(response, { status: 'failed', message: PRIVATE, data: null }, status, headers);

const answered =
  (body: unknown): Answer =>
  (response) =>
    answerJson(response, body);

const gatewayPage: Answer = (response) =>
  void response.writeHead(404).end('<html>nothing here</html>');

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
});

describe('what a status becomes', () => {
  it.each([
    [302, 'config', 'redirected'],
    [400, 'bug', 'http_400'],
    [401, 'config', 'credentials_rejected'],
    [402, 'retry', 'request_failed'],
    [403, 'config', 'access_denied'],
    [404, 'gone', 'consent_ended'],
    [405, 'bug', 'http_405'],
    [408, 'retry', 'http_408'],
    [409, 'retry', 'conflict'],
    [422, 'bug', 'http_422'],
    [500, 'retry', 'http_500'],
    [502, 'retry', 'http_502'],
    [503, 'retry', 'http_503'],
    [504, 'retry', 'http_504'],
  ])('%i', async (status, kind, code) => {
    expect(await classify(failure(status))).toEqual([kind, code]);
  });

  it('404 of a gateway ends no consent', async () => {
    expect(await classify(gatewayPage)).toEqual(['config', 'endpoint_unknown']);
  });

  it.each([
    [{}, 60_000],
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '99999999' }, 3_600_000],
    [{ 'retry-after': 'soon' }, 60_000],
  ])('429 with %j', async (headers, wait) => {
    expect(await classify(failure(429, headers))).toEqual(['retry', 'rate_limited', wait]);
  });

  it('503 that says when', async () => {
    const answer = failure(503, { 'retry-after': '12' });
    expect(await classify(answer)).toEqual(['retry', 'http_503', 12_000]);
  });
});

describe('what a 200 becomes that is none', () => {
  it.each([
    [{ status: 'failed', message: PRIVATE }, 'retry', 'answered_with_error'],
    [[], 'retry', 'response_malformed'],
    [{ status: 'successful', data: null }, 'retry', 'answer_empty'],
    [{ status: 'successful', data: {} }, 'retry', 'answer_empty'],
    [{ status: 'successful', data: { account: 7 } }, 'bug', 'invalid_balance'],
  ])('%j', async (body, kind, code) => {
    expect(await classify(answered(body))).toEqual([kind, code]);
  });
});

it('gives the key to the base URL alone, and follows no redirect', async () => {
  await using elsewhere = await startWire(answered({}));
  await using wire = await startWire((response) => {
    response.writeHead(302, { location: elsewhere.url }).end();
  });
  const settings = monoSettings({
    secretKey: 'test_sk_of_a_test',
    webhookSecret: 'of-a-test',
    baseUrl: `${wire.url}/prefix`,
  });
  await errorOf(
    createMonoProvider(settings).fetchBalance(
      { ...ref, providerAccountId: '../secret?x' },
      { refresh: false },
      testContext(),
    ),
  );
  expect(elsewhere.requests).toEqual([]);
  expect(wire.requests.map(({ path }) => path)).toEqual(['/prefix/v2/accounts/..%2Fsecret%3Fx']);
  expect(wire.requests[0]?.headers['mono-sec-key']).toBe('test_sk_of_a_test');
});

it.each(['https://user@x.example', 'https://x.example?a=1', 'https://x.example#a', 'no URL'])(
  'refuses the base URL %s',
  (baseUrl) => {
    const make = (): unknown => monoSettings({ secretKey: 'a', webhookSecret: 'b', baseUrl });
    expect(make).toThrow(/URL/);
  },
);
