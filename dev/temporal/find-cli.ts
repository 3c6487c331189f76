import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { findOnPath } from '../find-on-path.ts';
import { buildCli } from './build-cli.ts';
import { cachedCliPath } from './cache.ts';
import { checkCli, CLI_VERSION } from './cli-version.ts';
import { downloadCli } from './download-cli.ts';
import { withLock } from './with-lock.ts';

export interface FindCliOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Gives up when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** Told what takes time. */
  readonly say: (line: string) => void;
  readonly download?: (dir: string) => Promise<string>;
  readonly build?: (dir: string) => Promise<string>;
}

/**
 * The path of a Temporal CLI that is new enough, looked for in this order: TEMPORAL_CLI_PATH, PATH,
 * this user's cache, the official download, a build with Go.
 *
 * @throws when TEMPORAL_CLI_PATH names something unusable, or nothing worked: the message lists what
 * was tried and what would help.
 */
export async function findCli(options: FindCliOptions): Promise<string> {
  const { env } = options;
  const given = env['TEMPORAL_CLI_PATH'];
  if (given !== undefined && given !== '') {
    const check = await checkCli(given);
    if (check.ok) return given;
    throw new Error(`TEMPORAL_CLI_PATH is “${given}”, but ${check.reason}.`);
  }
  const tried: string[] = ['TEMPORAL_CLI_PATH: not set'];

  const onPath = findOnPath('temporal', env);
  if (onPath === undefined) tried.push('temporal on PATH: there is none');
  else if ((await check(`temporal on PATH (${onPath})`, onPath, tried)) !== undefined)
    return onPath;

  const cached = cachedCliPath(env);
  const label = `the cache (${cached})`;
  if (await isFile(cached)) {
    const found = await check(label, cached, tried);
    if (found !== undefined) return found;
  } else {
    tried.push(`${label}: not there yet`);
  }
  return withLock(
    `${cached}.lock`,
    async () => {
      // Whoever held the lock before us has probably put it there.
      if ((await isFile(cached)) && (await checkCli(cached)).ok) return cached;
      return get(cached, tried, options);
    },
    {
      signal: options.signal,
      waiting: (pid) =>
        options.say(`waiting for process ${pid}, which is getting the Temporal CLI`),
    },
  );
}

async function get(cached: string, tried: string[], options: FindCliOptions): Promise<string> {
  const { env, say, signal } = options;
  const download = options.download ?? ((dir) => downloadCli(dir, { signal }));
  const build = options.build ?? ((dir) => buildCli(dir, { env, say, signal }));
  const ways = [
    { label: 'the official download', run: download },
    { label: 'a build with Go (tools/temporal)', run: build },
  ];
  await mkdir(path.dirname(cached), { recursive: true });
  for (const { label, run } of ways) {
    signal?.throwIfAborted();
    const dir = await mkdtemp(path.join(path.dirname(cached), 'new-'));
    try {
      const binary = await run(dir);
      await chmod(binary, 0o755);
      const found = await check(label, binary, tried);
      if (found === undefined) continue;
      await rename(binary, cached);
      return cached;
    } catch (error) {
      signal?.throwIfAborted();
      tried.push(`${label}: ${(error as Error).message}`);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  throw new Error(
    [
      'No Temporal CLI could be found or got. Tried, in this order:',
      ...tried.map((line) => `  - ${line}`),
      'Any one of these helps:',
      `  - install the Temporal CLI ${CLI_VERSION} (https://docs.temporal.io/cli) and have \`temporal\` on PATH,`,
      '  - set TEMPORAL_CLI_PATH to its binary,',
      '  - install Go 1.21 or later (https://go.dev/dl) with access to a Go module proxy.',
    ].join('\n'),
  );
}

async function check(label: string, file: string, tried: string[]): Promise<string | undefined> {
  const result = await checkCli(file);
  if (result.ok) return file;
  tried.push(`${label}: ${result.reason}`);
  return undefined;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
