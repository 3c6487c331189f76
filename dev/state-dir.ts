import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRunning } from './processes/leftovers.ts';
import { processStartTime } from './processes/start-time.ts';

/** Where things are in the state folder of `npm start`. */
export interface StateDir {
  readonly dir: string;
  readonly postgres: string;
  readonly temporalDb: string;
  /** A Temporal client configuration that says nothing. */
  readonly temporalProfile: string;
  readonly sandboxState: string;
  readonly secrets: string;
  /** The register of running processes (see processes/register.ts). */
  readonly register: string;
  log(part: string): string;
  /** Keeps the connection string for `npm run sql`. */
  noteDatabase(url: string): void;
  /** Gives the folder back. */
  release(): void;
}

/**
 * Takes the state folder for this process, creating it when it is not there.
 *
 * @throws when another `npm start` runs in it.
 */
export function claimStateDir(dir: string): StateDir {
  // A mode given with `recursive` would be every new folder's, and Postgres may run as another
  // user.
  mkdirSync(dir, { recursive: true });
  mkdirSync(path.join(dir, 'temporal'), { recursive: true, mode: 0o700 });
  const owner = path.join(dir, 'run.json');
  const holder = claim(owner);
  if (holder !== undefined) {
    throw new Error(
      `Freshet runs in ${dir} already (process ${holder}): stop that one first,` +
        ' or set FRESHET_STATE_DIR to another folder.',
    );
  }
  setLogsAside(path.join(dir, 'logs'));
  return {
    dir,
    postgres: path.join(dir, 'postgres'),
    temporalDb: path.join(dir, 'temporal', 'temporal.db'),
    temporalProfile: emptyProfile(path.join(dir, 'temporal', 'profile.toml')),
    sandboxState: path.join(dir, 'sandbox.json'),
    secrets: path.join(dir, 'secrets.json'),
    register: path.join(dir, 'run'),
    log: (part) => path.join(dir, 'logs', `${part}.log`),
    noteDatabase: (url) =>
      writeFileSync(path.join(dir, 'database-url'), `${url}\n`, { mode: 0o600 }),
    release: () => rmSync(owner, { force: true }),
  };
}

function emptyProfile(file: string): string {
  // An entirely empty file trips @temporalio/envconfig 1.24.
  writeFileSync(file, '[profile.default]\n');
  return file;
}

/** Each start writes new logs; those of the one before are kept. */
function setLogsAside(logs: string): void {
  if (existsSync(logs)) {
    rmSync(`${logs}.previous`, { recursive: true, force: true });
    renameSync(logs, `${logs}.previous`);
  }
  mkdirSync(logs, { mode: 0o700 });
}

/** Returns the pid of the running process that has the folder, or undefined when we have it now. */
function claim(file: string): number | undefined {
  const mine = { pid: process.pid, startTime: processStartTime(process.pid) };
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && isRunning(holder)) return holder.pid;
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): { pid: number; startTime: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startTime: string };
  } catch {
    return undefined;
  }
}
