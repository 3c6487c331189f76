import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startMonoFake, type MonoFake } from '../fakes/mono/start.ts';
import { startPlaidFake } from '../fakes/plaid/start.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';

let plaid: Awaited<ReturnType<typeof startPlaidFake>>;
let mono: MonoFake;
let freshet: Freshet;
const plaidEnv = () => ({
  FRESHET_PLAID_BASE_URL: plaid.url,
  FRESHET_PLAID_CLIENT_ID: plaid.clientId,
  FRESHET_PLAID_SECRET: plaid.secret,
});
const monoEnv = () => ({
  FRESHET_MONO_BASE_URL: mono.url,
  FRESHET_MONO_SECRET_KEY: mono.secretKey,
  FRESHET_MONO_WEBHOOK_SECRET: mono.webhookSecret,
});
beforeAll(async () => {
  plaid = await startPlaidFake();
  mono = await startMonoFake();
  freshet = await startFreshet({
    worker: false,
    providerEnv: { ...plaidEnv(), ...monoEnv() },
  });
});
afterAll(async () => {
  await freshet.close();
  await plaid.close();
  await mono.close();
});

interface Said {
  readonly code: number;
  readonly lines: readonly string[];
}

async function check(provider: string, env: Readonly<Record<string, string>>): Promise<Said> {
  const { PATH = '' } = process.env;
  const run = promisify(execFile)(process.execPath, ['providers/check-main.ts', provider], {
    env: { PATH, ...env },
  });
  const said = await run.catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { stdout, stderr };
  });
  const lines = `${said.stdout}${said.stderr}`.split('\n').filter((line) => line !== '');
  return { code: run.child.exitCode ?? -1, lines };
}

const wellSetUp = () => ({ FRESHET_PUBLIC_URL: freshet.url });
/** A test has no certificate. */
const NOT_HTTPS = expect.stringMatching(/^FAILED {2}http:.* is not https/);

it.each([
  ['plaid', plaidEnv],
  ['mono', monoEnv],
])('%s: credentials that work, and a URL that reaches Freshet', async (name, env) => {
  const { lines } = await check(name, { ...env(), ...wellSetUp() });
  expect(lines).toEqual([
    expect.stringMatching(/^ok {6}.* takes the /),
    expect.stringMatching(/^ok {6}/),
    NOT_HTTPS,
    expect.stringMatching(
      /^ok .*\/webhooks\/\w+ reaches Freshet, which refuses what does not prove/,
    ),
  ]);
  expect(plaid.control.items()).toEqual([]);
});

it.each([
  ['plaid', () => ({ ...plaidEnv(), FRESHET_PLAID_SECRET: 'another' })],
  ['mono', () => ({ ...monoEnv(), FRESHET_MONO_SECRET_KEY: 'another' })],
])('%s: says that credentials are refused, without telling them', async (name, env) => {
  const { code, lines } = await check(name, { ...env(), ...wellSetUp() });
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/^FAILED .*(refuse|not take|credentials)/);
  expect(lines.join(' ')).not.toContain('another');
});

it('says that the service cannot be reached', async () => {
  const env = { ...plaidEnv(), FRESHET_PLAID_BASE_URL: 'http://127.0.0.1:1', ...wellSetUp() };
  expect((await check('plaid', env)).lines[0]).toMatch(/^FAILED .*network_error/);
});

it('says what is not set', async () => {
  expect(await check('mono', {})).toEqual({
    code: 1,
    lines: [
      'FAILED  mono is not configured: set FRESHET_MONO_SECRET_KEY, FRESHET_MONO_WEBHOOK_SECRET',
      expect.stringMatching(/^FAILED {2}FRESHET_PUBLIC_URL is not set/),
    ],
  });
  const { lines } = await check('mono', { FRESHET_MONO_SECRET_KEY: 'a-key' });
  expect(lines).toEqual(['mono is configured by half: FRESHET_MONO_WEBHOOK_SECRET not set']);
  expect((await check('none', {})).lines).toEqual([expect.stringMatching(/^usage: /)]);
});

it('says that something else answers, or nothing', async () => {
  const other = createServer((_, response) => void response.end('<html>welcome</html>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const answered = await check('plaid', {
    ...plaidEnv(),
    FRESHET_PUBLIC_URL: `http://127.0.0.1:${port}`,
  });
  expect(answered.lines.at(-1)).toMatch(/^FAILED .* answers 200, which is not Freshet/);
  const silent = await check('plaid', { ...plaidEnv(), FRESHET_PUBLIC_URL: 'http://127.0.0.1:1' });
  expect(silent.lines.at(-1)).toMatch(/^FAILED .* does not answer from here/);
});

it('says that Freshet has no such provider', async () => {
  const without = await startFreshet({ worker: false });
  onTestFinished(() => without.close());
  const { lines } = await check('plaid', { ...plaidEnv(), FRESHET_PUBLIC_URL: without.url });
  expect(lines.at(-1)).toMatch(/^FAILED .* in which plaid is not configured/);
});
