import { chmod, chown, mkdir, mkdtemp, readlink, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { canEnter } from './reachable.ts';
import type { RunAs } from './run-as.ts';

const ELSEWHERE = '/var/lib/freshet';

/**
 * Makes sure that `dir` is a folder in which Postgres, run as `user`, can keep its data, and
 * returns where it really is. When `user` cannot come through the folders above (as under /root,
 * mode 0700), the data lives in /var/lib/freshet and `dir` is a symbolic link to it.
 */
export async function preparePostgresFolder(dir: string, user: RunAs | undefined): Promise<string> {
  const linked = await readlink(dir).catch(() => undefined);
  if (linked !== undefined) {
    if (await isFolder(linked)) return linked;
    await rm(dir);
  }
  await mkdir(path.dirname(dir), { recursive: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user === undefined) return dir;
  await chown(dir, user.uid, user.gid);
  if (await canEnter(user, dir)) return dir;

  await rm(dir, { recursive: true });
  await mkdir(ELSEWHERE, { recursive: true, mode: 0o755 });
  const elsewhere = await mkdtemp(path.join(ELSEWHERE, 'postgres-'));
  await chown(elsewhere, user.uid, user.gid);
  await chmod(elsewhere, 0o700);
  await symlink(elsewhere, dir);
  return elsewhere;
}

/** Removes what `preparePostgresFolder` made, wherever it is. */
export async function removePostgresFolder(dir: string): Promise<void> {
  const linked = await readlink(dir).catch(() => undefined);
  if (linked !== undefined) await rm(linked, { recursive: true, force: true, maxRetries: 5 });
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
}

async function isFolder(dir: string): Promise<boolean> {
  return stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
