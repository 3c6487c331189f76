import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/**
 * Whom Postgres has to run as: undefined for an ordinary user (itself); for root, who Postgres
 * refuses to run as, the system user `postgres`, which is created when there is none.
 */
export async function postgresUser(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp();
  if (existing !== undefined) return existing;
  let reason: unknown;
  try {
    // --user-group: without it some systems put new users into a shared group.
    const options = [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
    ];
    await run('useradd', [...options, 'postgres']);
    const created = await lookUp();
    if (created !== undefined) return created;
  } catch (error) {
    reason = error;
  }
  throw new Error(
    'Postgres refuses to run as root, and the user `postgres` could not be created for it:' +
      ' run this as an ordinary user, or create that user (`useradd --system postgres`).',
    { cause: reason },
  );
}

async function lookUp(): Promise<RunAs | undefined> {
  try {
    const uid = Number((await run('id', ['-u', 'postgres'])).stdout);
    const gid = Number((await run('id', ['-g', 'postgres'])).stdout);
    return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}
