import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stopLeftovers } from '../../dev/processes/leftovers.ts';
import { registeredProcesses } from '../../dev/processes/register.ts';
import { createSupervisor, type Supervisor } from '../../dev/supervisor.ts';
import { eventually } from '../support/eventually.ts';
import { DEAF, OBEDIENT, scripted } from './scripted-process.ts';

let dir: string;
let supervisor: Supervisor;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'freshet-supervisor-'));
  supervisor = createSupervisor(path.join(dir, 'run'));
});
afterEach(async () => {
  supervisor.hurry();
  await stopLeftovers(path.join(dir, 'run'));
  rmSync(dir, { recursive: true });
});

async function saysUp(name: string): Promise<void> {
  const file = path.join(dir, 'logs', `${name}.log`);
  await eventually(() => readFileSync(file, 'utf8').includes('up'), { describe: `${name} up` });
}

test('a part that dies is named, with its exit code and the end of its log', async () => {
  await supervisor.start(scripted(dir, 'The bank', OBEDIENT));
  await supervisor.start(scripted(dir, 'The worker', 'echo all well; echo no memory; exit 7'));
  await expect(supervisor.died).rejects.toThrow(
    /^The worker ended with code 7\. The end of .*The worker\.log:\n {4}all well\n {4}no memory$/,
  );
});

test('so is one that a signal ends', async () => {
  const part = await supervisor.start(scripted(dir, 'The API', OBEDIENT));
  part.signal('SIGKILL');
  await expect(supervisor.died).rejects.toThrow('The API was ended by SIGKILL.');
});

test('parts stop in reverse order, each when the one before is gone', async () => {
  const log = path.join(dir, 'order');
  const script = (name: string): string =>
    `trap "sleep 0.2; echo ${name} >>'${log}'; exit 0" TERM; echo up; while :; do sleep 0.05; done`;
  for (const name of ['first', 'second', 'third']) {
    await supervisor.start(scripted(dir, name, script(name)));
    await saysUp(name);
  }
  await supervisor.stop();
  expect(readFileSync(log, 'utf8')).toBe('third\nsecond\nfirst\n');
  expect(registeredProcesses(path.join(dir, 'run'))).toEqual([]);
});

test('a part that does not stop is killed when its grace is over', async () => {
  const part = await supervisor.start(scripted(dir, 'deaf', DEAF, { graceMs: 300 }));
  await saysUp('deaf');
  const started = Date.now();
  await supervisor.stop();
  expect(await part.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(Date.now() - started).toBeGreaterThanOrEqual(300);
});

test('hurry cuts the grace short', async () => {
  const part = await supervisor.start(scripted(dir, 'deaf', DEAF, { graceMs: 60_000 }));
  await saysUp('deaf');
  const stopped = supervisor.stop();
  supervisor.hurry();
  await stopped;
  expect(await part.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('once stopping has begun nothing more is started', async () => {
  await supervisor.stop();
  await expect(supervisor.start(scripted(dir, 'late', OBEDIENT))).rejects.toThrow('late');
});

test('what runs to its end must end well', async () => {
  await supervisor.run(scripted(dir, 'good', 'exit 0'));
  await expect(supervisor.run(scripted(dir, 'bad', 'echo oh no; exit 3'))).rejects.toThrow(
    /bad ended with code 3.*oh no/s,
  );
});

test('a process that cannot be started is an error', async () => {
  const missing = scripted(dir, 'missing', '', { command: path.join(dir, 'nothing') });
  await expect(supervisor.start(missing)).rejects.toThrow('ENOENT');
});
