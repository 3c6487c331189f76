import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stopLeftovers } from '../../dev/processes/leftovers.ts';
import { startProcess, type ManagedProcess } from '../../dev/processes/managed-process.ts';
import { registeredProcesses } from '../../dev/processes/register.ts';
import { processStartTime } from '../../dev/processes/start-time.ts';
import { eventually } from '../support/eventually.ts';
import { DEAF, OBEDIENT, scripted } from './scripted-process.ts';

let dir: string;
let register: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'freshet-leftovers-'));
  register = path.join(dir, 'run');
});
afterEach(async () => {
  await stopLeftovers(register);
  rmSync(dir, { recursive: true });
});

async function start(name: string, script: string, graceMs = 5_000): Promise<ManagedProcess> {
  const part = await startProcess(scripted(dir, name, script, { graceMs }));
  await eventually(() => readFileSync(part.logFile, 'utf8').includes('up'));
  return part;
}

test('what is registered and still runs is stopped, the last one first', async () => {
  const first = await start('first', OBEDIENT);
  const second = await start('second', OBEDIENT);
  expect(await stopLeftovers(register)).toEqual(['second', 'first']);
  expect(await first.exited).toEqual({ code: 0, signal: null });
  expect(await second.exited).toEqual({ code: 0, signal: null });
  expect(registeredProcesses(register)).toEqual([]);
});

test('what does not stop is killed', async () => {
  const part = await start('deaf', DEAF, 200);
  await stopLeftovers(register);
  expect(await part.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a process that only has the same pid is left alone', async () => {
  const part = await start('somebody else', OBEDIENT);
  const file = path.join(register, `${part.pid}.json`);
  const entry = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...entry, startTime: 'another time' }));

  expect(await stopLeftovers(register)).toEqual([]);
  expect(part.exit()).toBeUndefined();
  expect(registeredProcesses(register)).toEqual([]);
  await part.stop();
});

test('a guard stops everything when its owner is killed', async () => {
  const owner = spawn(process.execPath, [path.join(import.meta.dirname, 'guarded-main.ts'), dir], {
    stdio: 'inherit',
  });
  const [part] = await eventually(
    () => {
      const registered = registeredProcesses(register);
      return registered.length === 1 && registered;
    },
    { describe: 'the guarded process' },
  );
  if (part === undefined) throw new Error('unreachable');
  expect(processStartTime(part.pid)).toBe(part.startTime);

  owner.kill('SIGKILL');
  await eventually(() => processStartTime(part.pid) === undefined, { describe: 'its end' });
  await eventually(() => registeredProcesses(register).length === 0);
});
