import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removePostgresFolder } from '../../dev/postgres/data-folder.ts';
import { startProcess, type ManagedProcess } from '../../dev/processes/managed-process.ts';
import { registeredProcesses, type RegisteredProcess } from '../../dev/processes/register.ts';
import { processStartTime } from '../../dev/processes/start-time.ts';
import { eventually, freePort, runInfo } from '../support/servers.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PARTS = ['The API', 'The worker', 'The sandbox bank', 'Temporal', 'Postgres'];

let dir: string;
let env: NodeJS.ProcessEnv;
let starts = 0;

beforeAll(async () => {
  const { runDir, temporalCli } = runInfo();
  dir = mkdtempSync(path.join(runDir, 'start-'));
  // Postgres may run as another user than we do.
  chmodSync(dir, 0o711);
  env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TEMPORAL_CLI_PATH: temporalCli,
    FRESHET_STATE_DIR: path.join(dir, 'state'),
    FRESHET_PG_PORT: String(await freePort()),
    FRESHET_TEMPORAL_PORT: String(await freePort()),
    FRESHET_TEMPORAL_UI_PORT: String(await freePort()),
    FRESHET_SANDBOX_PORT: String(await freePort()),
    FRESHET_API_PORT: String(await freePort()),
  };
});
afterAll(async () => {
  await removePostgresFolder(path.join(dir, 'state', 'postgres'));
  await rm(dir, { recursive: true, force: true });
});

/** What `npm start` runs. */
async function start(): Promise<ManagedProcess & { output(): string; ready(): Promise<void> }> {
  starts += 1;
  const logFile = path.join(dir, `start-${starts}.log`);
  const started = await startProcess({
    name: 'npm start',
    command: process.execPath,
    args: [path.join(ROOT, 'dev/start.ts')],
    env,
    cwd: ROOT,
    logFile,
    registerDir: path.join(runInfo().runDir, 'run'),
    graceMs: 20_000,
  });
  const output = (): string => readFileSync(logFile, 'utf8');
  const ready = async (): Promise<void> => {
    await eventually(
      () => {
        if (started.exit() !== undefined) throw new Error(`it ended:\n${output()}`);
        return output().includes('Freshet is ready.');
      },
      { timeoutMs: 90_000, describe: 'the ready block' },
    );
  };
  return { ...started, output, ready };
}

function parts(): RegisteredProcess[] {
  return registeredProcesses(path.join(dir, 'state', 'run'));
}

function stillRunning(of: readonly RegisteredProcess[]): string[] {
  return of.filter((one) => processStartTime(one.pid) === one.startTime).map(({ name }) => name);
}

async function accountIds(output: string): Promise<string[]> {
  const key = /API key +(\S+)/.exec(output)?.[1] ?? '';
  const response = await fetch(`http://127.0.0.1:${env['FRESHET_API_PORT']}/v1/accounts`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { data } = (await response.json()) as { data: { id: string }[] };
  return data.map(({ id }) => id).sort();
}

test('npm start: all comes up, syncs happen, it stops, and goes on with the same accounts', async () => {
  const first = await start();
  await first.ready();
  const running = parts();
  expect(running.map(({ name }) => name)).toEqual(PARTS);
  const accounts = await accountIds(first.output());
  expect(accounts).toHaveLength(4);
  for (const seen of [/transaction +link +changed \+48/, /transaction +webhook/]) {
    await eventually(() => seen.test(first.output()), {
      timeoutMs: 60_000,
      describe: `a line like ${seen.source}`,
    });
  }

  const other = await start();
  expect(await other.exited).toEqual({ code: 1, signal: null });
  expect(other.output()).toContain(
    `Freshet runs in ${path.join(dir, 'state')} already (process ${first.pid})`,
  );

  first.signal('SIGTERM');
  expect(await first.exited).toEqual({ code: 0, signal: null });
  expect(stillRunning(running)).toEqual([]);
  expect(parts()).toEqual([]);

  const second = await start();
  await second.ready();
  expect(await accountIds(second.output())).toEqual(accounts);

  const runningAgain = parts();
  const worker = runningAgain.find(({ name }) => name === 'The worker');
  process.kill(worker?.pid as number, 'SIGKILL');
  expect(await second.exited).toEqual({ code: 1, signal: null });
  expect(second.output()).toContain('The worker was ended by SIGKILL. The end of ');
  expect(stillRunning(runningAgain)).toEqual([]);
}, 240_000);

test('npm start that is killed outright leaves nothing running', async () => {
  const started = await start();
  await started.ready();
  const running = parts();
  expect(running).toHaveLength(PARTS.length);

  started.signal('SIGKILL');
  await eventually(() => stillRunning(running).length === 0, {
    timeoutMs: 20_000,
    describe: 'the end of every part',
  });
}, 120_000);
