import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { startPostgresServer } from '../../dev/postgres/server.ts';
import { openBenchFolder, type BenchFolder } from './open-bench-folder.ts';

export interface BenchPostgres {
  /** Of the superuser and an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Postgres for one benchmark, as production would be: it waits for the disk at every commit, and
 * nothing else of its settings is changed. It goes, data and all, with `stop` or with this process.
 */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = await openBenchFolder();
  try {
    const { url } = await runPostgres(folder);
    return { url, stop: () => folder.close() };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** The same in a folder that is there. */
export async function runPostgres({
  dir,
  start,
}: BenchFolder): Promise<{ readonly url: string; readonly pid: number }> {
  const { url, process } = await startPostgresServer({
    dir: path.join(dir, 'postgres'),
    port: await freePort(),
    password: randomBytes(12).toString('hex'),
    durable: true,
    logFile: path.join(dir, 'postgres.log'),
    start,
  });
  return { url, pid: process.pid };
}
