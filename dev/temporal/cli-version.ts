import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The release that is downloaded, and that tools/temporal/go.mod pins. */
export const CLI_VERSION = '1.8.2';

const OLDEST_CLI = [1, 8];
const OLDEST_SERVER = [1, 31];

export type CliCheck =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly reason: string };

/**
 * Runs `<file> --version` and says whether that Temporal CLI is new enough: CLI 1.8 or server 1.31.
 * A CLI built from source says `0.0.0-DEV` of itself, so either will do.
 */
export async function checkCli(file: string): Promise<CliCheck> {
  let output: string;
  try {
    const run = await promisify(execFile)(file, ['--version'], { timeout: 20_000 });
    output = run.stdout.trim();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { ok: false, reason: 'there is no such file' };
    if (code === 'EACCES') return { ok: false, reason: 'it may not be executed' };
    return { ok: false, reason: `it does not run: ${message.split('\n')[0] ?? code}` };
  }
  return judge(output);
}

/** As `temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)`. */
function judge(output: string): CliCheck {
  const cli = numbers(/version v?(\d+(?:\.\d+)+)/i.exec(output)?.[1]);
  const server = numbers(/Server v?(\d+(?:\.\d+)+)/i.exec(output)?.[1]);
  if (cli === undefined && server === undefined) {
    return { ok: false, reason: 'it does not look like the Temporal CLI' };
  }
  if (atLeast(cli, OLDEST_CLI) || atLeast(server, OLDEST_SERVER))
    return { ok: true, version: output };
  return {
    ok: false,
    reason: `it is too old (“${output}”; needed: CLI ${OLDEST_CLI.join('.')} or server ${OLDEST_SERVER.join('.')})`,
  };
}

function numbers(version: string | undefined): number[] | undefined {
  return version?.split('.').map(Number);
}

function atLeast(version: readonly number[] | undefined, oldest: readonly number[]): boolean {
  if (version === undefined) return false;
  for (const [index, least] of oldest.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
