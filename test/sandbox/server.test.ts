import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until, type Json } from './support.ts';

interface Started {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly exit: Promise<number | null>;
}

function start(environment: Record<string, string>, ipc = false): Started {
  const child = spawn(process.execPath, ['sandbox/server.ts'], {
    env: { ...process.env, FRESHET_SANDBOX_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
  });
  const lines: string[] = [];
  const keep = (chunk: Buffer): number => lines.push(...chunk.toString().trimEnd().split('\n'));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exit;
  });
  return { child, lines, exit };
}

async function post(url: string, body: object): Promise<Json> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

async function ready({ lines }: Started): Promise<string> {
  const found = () => lines.find((text) => text.includes('sandbox bank ready'));
  const line = (await until(found, 10_000)) ?? '';
  return (JSON.parse(line) as { url: string }).url;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'the server stops on %s within 2 seconds',
  async (signal) => {
    const started = start({ FRESHET_SANDBOX_SECRET_KEY: 'sk_main' });
    const url = await ready(started);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const headers = { authorization: 'Bearer sk_main' };
    expect((await fetch(`${url}/v2/banks/list`, { headers })).status).toBe(200);

    await fetch(`${url}/control/faults`, {
      method: 'POST',
      body: JSON.stringify({ endpoint: 'banks/list', kind: 'hang' }),
    });
    const hanging = fetch(`${url}/v2/banks/list`, { headers }).catch((error: Error) => error);
    await until(async () => {
      const calls = await fetch(`${url}/control/calls`);
      return ((await calls.json()) as { total: number }).total === 2;
    });
    const before = performance.now();
    started.child.kill(signal);
    expect(await started.exit).toBe(0);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await hanging).toBeInstanceOf(TypeError);
  },
);

test('a killed server has lost nothing that it answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const environment = { FRESHET_SANDBOX_STATE_FILE: join(folder, 'bank.state') };
  const first = start(environment);
  const url = await ready(first);
  const made = await post(`${url}/control/customers`, { transactions: 3 });
  const path = `control/accounts/${made.accounts[0].id}`;
  const posted = await post(`${url}/${path}/transactions`, { amount: '-1.25' });
  first.child.kill('SIGKILL');
  await first.exit;

  const again = await ready(start(environment));
  const truth = (await (await fetch(`${again}/${path}/truth`)).json()) as Json;
  expect(truth.transactions).toHaveLength(4);
  expect(truth.transactions[0]).toEqual(posted.transactions[0]);
});

test('the server stops when the parent with its IPC channel goes', async () => {
  const started = start({}, true);
  await ready(started);
  started.child.disconnect();
  expect(await started.exit).toBe(0);
});

test('a taken port is one clear sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const started = start({ FRESHET_SANDBOX_PORT: String(port) });
  expect(await started.exit).toBe(1);
  expect(started.lines).toEqual([
    `Port ${port} on 127.0.0.1 is taken; set FRESHET_SANDBOX_PORT to a free one ` +
      'or stop what listens there.',
  ]);
});

test('a wrong variable is named', async () => {
  const started = start({ FRESHET_SANDBOX_WEBHOOK_URL: 'nowhere' });
  expect(await started.exit).toBe(1);
  expect(started.lines.join()).toContain('FRESHET_SANDBOX_WEBHOOK_URL');
});
