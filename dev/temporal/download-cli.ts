import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { goArch } from './cache.ts';
import { CLI_VERSION } from './cli-version.ts';

const DEFAULT_SITE = 'https://temporal.download';
const CONNECT_MS = 5_000;
const DOWNLOAD_MS = 10 * 60_000;

/**
 * Downloads the official release into `dir` and returns the unpacked binary's path. The address is
 * the one that docs.temporal.io gives for downloads by hand.
 *
 * @throws when offline (within seconds), or when the site has nothing for this machine.
 */
export async function downloadCli(
  dir: string,
  options: { site?: string; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const { site = DEFAULT_SITE } = options;
  const signals = [AbortSignal.timeout(DOWNLOAD_MS), ...(options.signal ? [options.signal] : [])];
  const signal = AbortSignal.any(signals);
  const query = new URLSearchParams({ platform: process.platform, arch: goArch() });
  const response = await connect(`${site}/cli/archive/v${CLI_VERSION}?${query.toString()}`, signal);
  if (!response.ok || response.body === null) {
    throw new Error(`${site} answered ${response.status}`);
  }
  const archive = path.join(dir, 'temporal.tar.gz');
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(archive), {
    signal,
  });
  await promisify(execFile)('tar', ['-xzf', archive, '-C', dir, 'temporal']);
  const binary = path.join(dir, 'temporal-downloaded');
  await rename(path.join(dir, 'temporal'), binary);
  return binary;
}

/** Only the answer's head has to come soon; its body may take as long as a slow line needs. */
async function connect(url: string, signal: AbortSignal): Promise<Response> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), CONNECT_MS);
  try {
    return await fetch(url, { signal: AbortSignal.any([signal, giveUp.signal]) });
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    const why = giveUp.signal.aborted
      ? `no answer within ${CONNECT_MS / 1000} s`
      : (cause?.code ?? (error as Error).message);
    throw new Error(`${new URL(url).host} cannot be reached (${why})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
