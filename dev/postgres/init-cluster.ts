import { execFile } from 'node:child_process';
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { postgresEnv } from './environment.ts';
import type { RunAs } from './run-as.ts';

export interface InitClusterOptions {
  /** Owned by `user`; the cluster becomes its subfolder `data`. */
  readonly dir: string;
  readonly binaries: string;
  readonly user: RunAs | undefined;
  readonly superuser: string;
  readonly password: string;
  readonly durable: boolean;
}

/** Creates a database cluster unless it is there, whole or not at all, and returns its folder. */
export async function initCluster(options: InitClusterOptions): Promise<string> {
  const { dir, binaries, user, superuser, password, durable } = options;
  const data = path.join(dir, 'data');
  if (await exists(path.join(data, 'PG_VERSION'))) return data;

  const fresh = path.join(dir, 'data.new');
  const passwordFile = path.join(dir, 'password.new');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
    await promisify(execFile)(
      path.join(binaries, 'bin', 'initdb'),
      [
        `--pgdata=${fresh}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The same everywhere: no locale has to be installed, and none of the machine's is taken
        // over.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: dir, env: postgresEnv() },
    );
    await rename(fresh, data);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
  return data;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
