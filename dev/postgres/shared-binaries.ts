import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import { canEnter } from './reachable.ts';
import type { RunAs } from './run-as.ts';

const SHARED_DIRS = ['/var/cache/freshet', path.join(tmpdir(), 'freshet-cache')];

/**
 * The folder of Postgres binaries that `user` can run. Where npm put them in a folder closed to
 * others, as everything under /root is, that is a copy, made once for the version.
 */
export async function runnableBinaries(
  binaries: PostgresBinaries,
  user: RunAs | undefined,
): Promise<string> {
  if (user === undefined || (await canEnter(user, path.join(binaries.root, 'bin')))) {
    return binaries.root;
  }
  for (const dir of SHARED_DIRS) {
    const copy = await copyInto(dir, binaries).catch(() => undefined);
    if (copy !== undefined && (await canEnter(user, path.join(copy, 'bin')))) return copy;
  }
  throw new Error(
    `The user \`postgres\` cannot enter ${binaries.root}, nor a copy in ${SHARED_DIRS.join(' or ')}.`,
  );
}

async function copyInto(dir: string, binaries: PostgresBinaries): Promise<string> {
  const name = `postgres-${binaries.version}-${process.platform}-${process.arch}`;
  const target = path.join(dir, name);
  await mkdir(dir, { recursive: true, mode: 0o755 });
  // Root is about to run what lies there: nobody else may have put it there.
  if ((await stat(dir)).uid !== 0) throw new Error(`${dir} is not root's`);
  if (await exists(target)) return target;
  const fresh = await mkdtemp(path.join(dir, 'new-'));
  try {
    await cp(binaries.root, fresh, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    // Whatever the umask was when npm wrote them.
    await promisify(execFile)('chmod', ['-R', 'a+rX', fresh]);
    // Another process may have been first; its copy is as good.
    await rename(fresh, target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return target;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
