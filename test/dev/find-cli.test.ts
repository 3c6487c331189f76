import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cachedCliPath } from '../../dev/temporal/cache.ts';
import { findCli, type FindCliOptions } from '../../dev/temporal/find-cli.ts';

const NEW = 'temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)';
const OLD = 'temporal version 1.3.0 (Server 1.27.1, UI 2.36.0)';

let dir: string;
let env: NodeJS.ProcessEnv;
let said: string[];
let got: string[];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'freshet-cli-'));
  await mkdir(path.join(dir, 'bin'));
  env = { PATH: path.join(dir, 'bin'), XDG_CACHE_HOME: path.join(dir, 'cache') };
  said = [];
  got = [];
});
afterEach(() => rm(dir, { recursive: true }));

/** A binary that says `version` of itself. */
async function fakeCli(file: string, version: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '${version}'\n`);
  await chmod(file, 0o755);
  return file;
}

const fails = async (way: string): Promise<never> => {
  got.push(way);
  throw new Error(`no ${way} today`);
};

function find(options: Partial<FindCliOptions> = {}): Promise<string> {
  return findCli({
    env,
    say: (line) => said.push(line),
    download: () => fails('download'),
    build: () => fails('build'),
    ...options,
  });
}

const succeeds =
  (way: string, version = NEW) =>
  async (into: string): Promise<string> => {
    got.push(way);
    return fakeCli(path.join(into, way), version);
  };

describe('where the Temporal CLI is looked for', () => {
  test('TEMPORAL_CLI_PATH comes first', async () => {
    await fakeCli(path.join(dir, 'bin', 'temporal'), NEW);
    env['TEMPORAL_CLI_PATH'] = await fakeCli(path.join(dir, 'mine'), NEW);
    expect(await find()).toBe(path.join(dir, 'mine'));
  });

  test.each([
    ['is missing', undefined, 'there is no such file'],
    ['is too old', OLD, 'it is too old'],
    ['is something else', 'hello', 'it does not look like the Temporal CLI'],
  ])('a TEMPORAL_CLI_PATH that %s is an error, not passed over', async (_, version, reason) => {
    await fakeCli(path.join(dir, 'bin', 'temporal'), NEW);
    const file = path.join(dir, 'mine');
    if (version !== undefined) await fakeCli(file, version);
    env['TEMPORAL_CLI_PATH'] = file;
    await expect(find()).rejects.toThrow(`TEMPORAL_CLI_PATH is “${file}”, but ${reason}`);
  });

  test('then PATH', async () => {
    const file = await fakeCli(path.join(dir, 'bin', 'temporal'), NEW);
    await fakeCli(cachedCliPath(env), NEW);
    expect(await find()).toBe(file);
  });

  test('a build from source, which knows only its server’s version, is new enough', async () => {
    const version = 'temporal version 0.0.0-DEV (Server 1.31.2, UI 2.50.1)';
    const file = await fakeCli(path.join(dir, 'bin', 'temporal'), version);
    expect(await find()).toBe(file);
  });

  test('then the cache, past a CLI on PATH that is too old', async () => {
    await fakeCli(path.join(dir, 'bin', 'temporal'), OLD);
    const cached = await fakeCli(cachedCliPath(env), NEW);
    expect(await find()).toBe(cached);
    expect(got).toEqual([]);
  });

  test('then the download, which is kept', async () => {
    const found = await find({ download: succeeds('download') });
    expect(found).toBe(cachedCliPath(env));
    expect(await find()).toBe(found);
    expect(got).toEqual(['download']);
  });

  test('then the build, which is kept and leaves nothing else behind', async () => {
    const found = await find({ build: succeeds('build') });
    expect(found).toBe(cachedCliPath(env));
    expect(await find()).toBe(found);
    expect(got).toEqual(['download', 'build']);
    expect(await readdir(path.dirname(found))).toEqual(['temporal']);
  });

  test('a download that does not run is not kept', async () => {
    const found = await find({
      download: succeeds('download', 'hello'),
      build: succeeds('build'),
    });
    expect(found).toBe(cachedCliPath(env));
    expect(got).toEqual(['download', 'build']);
  });

  test('when nothing works, the message lists what was tried and what would help', async () => {
    await fakeCli(path.join(dir, 'bin', 'temporal'), OLD);
    const error = await find().catch((thrown: unknown) => thrown as Error);
    const message = (error as Error).message;
    expect(message).toContain('TEMPORAL_CLI_PATH: not set');
    expect(message).toContain(`temporal on PATH (${dir}/bin/temporal): it is too old (“${OLD}”`);
    expect(message).toContain(`the cache (${cachedCliPath(env)}): not there yet`);
    expect(message).toContain('the official download: no download today');
    expect(message).toContain('a build with Go (tools/temporal): no build today');
    expect(message).toContain('install Go 1.21 or later');
  });
});

const slow = async (into: string): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 600));
  return succeeds('download')(into);
};

describe('two at once', () => {
  test('get it once', async () => {
    const [one, other] = await Promise.all([find({ download: slow }), find({ download: slow })]);
    expect(one).toBe(other);
    expect(got).toEqual(['download']);
    expect(said).toEqual([`waiting for process ${process.pid}, which is getting the Temporal CLI`]);
  });

  test('the lock of a process that died is taken over', async () => {
    const lock = `${cachedCliPath(env)}.lock`;
    await mkdir(path.dirname(lock), { recursive: true });
    await writeFile(lock, `${process.pid} started-at-another-time`);
    expect(await find({ download: succeeds('download') })).toBe(cachedCliPath(env));
  });
});
