import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from '../../dev/secrets.ts';
import { readStartSettings } from '../../dev/settings.ts';
import { claimStateDir } from '../../dev/state-dir.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'freshet-state-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a state folder has one owner', () => {
  const state = claimStateDir(dir);
  expect(() => claimStateDir(dir)).toThrow(
    `Freshet runs in ${dir} already (process ${process.pid})`,
  );
  state.release();
  claimStateDir(dir).release();
});

test('the claim of a process that is gone does not count', () => {
  writeFileSync(
    path.join(dir, 'run.json'),
    JSON.stringify({ pid: process.pid, startTime: 'another time' }),
  );
  const state = claimStateDir(dir);
  expect(state.dir).toBe(dir);
  state.release();
});

test('the logs of the start before are kept', () => {
  const first = claimStateDir(dir);
  writeFileSync(first.log('api'), 'first');
  first.release();
  claimStateDir(dir).release();
  expect(readFileSync(path.join(dir, 'logs.previous', 'api.log'), 'utf8')).toBe('first');
});

test('secrets are made up once, and only their owner may read them', () => {
  const file = path.join(dir, 'secrets.json');
  const secrets = loadSecrets(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadSecrets(file)).toEqual(secrets);
  expect(secrets.apiKey).toMatch(/^fsh_[A-Za-z0-9]{32}$/);
  expect(Buffer.from(secrets.credentialsKeys.slice('dev:'.length), 'base64')).toHaveLength(32);
});

test('damaged secrets are not replaced: what they encrypted would be lost', () => {
  const file = path.join(dir, 'secrets.json');
  writeFileSync(file, '{');
  expect(() => loadSecrets(file)).toThrow('cannot be read');
});

test.each(['0', '70000', 'http', '44.5'])('“%s” is no port', (port) => {
  expect(() => readStartSettings({ FRESHET_PG_PORT: port })).toThrow(
    `FRESHET_PG_PORT is “${port}”; it has to be a port from 1 to 65535.`,
  );
});
