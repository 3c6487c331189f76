import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { freePort } from '../dev/ports.ts';
import { removePostgresFolder } from '../dev/postgres/data-folder.ts';
import { startPostgresServer } from '../dev/postgres/server.ts';
import { startGuard } from '../dev/processes/guard.ts';
import { stopLeftovers } from '../dev/processes/leftovers.ts';
import { startProcess, type ProcessStarter } from '../dev/processes/managed-process.ts';
import { findCli } from '../dev/temporal/find-cli.ts';
import { startTemporalServer } from '../dev/temporal/server.ts';
import type { RunInfo } from './support/run-info.ts';

const BUNDLE_MAIN = fileURLToPath(new URL('../worker/bundle-main.ts', import.meta.url));

/**
 * Brings up one Postgres and one Temporal for the whole run, bundles the workflows once, and takes everything down at its end:
 * what the tests left running, too, and also when the run itself was killed (see guard.ts).
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const runDir = await mkdtemp(path.join(tmpdir(), 'freshet-test-'));
  // Postgres may run as another user than we do.
  await chmod(runDir, 0o711);
  const registerDir = path.join(runDir, 'run');
  const start: ProcessStarter = (spec) => startProcess({ ...spec, registerDir });
  const dismissGuard = startGuard(registerDir);

  const tearDown = async (): Promise<void> => {
    await stopLeftovers(registerDir);
    dismissGuard();
    for (const name of await readdir(runDir)) {
      if (name.startsWith('postgres')) await removePostgresFolder(path.join(runDir, name));
    }
    await rm(runDir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const logs = path.join(runDir, 'logs');
    const postgres = startPostgresServer({
      dir: path.join(runDir, 'postgres'),
      port: await freePort(),
      password: randomBytes(12).toString('hex'),
      durable: false,
      logFile: path.join(logs, 'postgres.log'),
      start,
    });
    const temporal = (async () => {
      // oxlint-disable-next-line no-console -- the first run may take minutes here
      const cli = await findCli({ env: process.env, say: (line) => console.log(line) });
      const server = await startTemporalServer({
        cli,
        port: await freePort(),
        // Timers on time, not up to a second late: tests have intervals of milliseconds.
        dynamicConfig: [
          'history.timerProcessorMaxTimeShift="5ms"',
          // The dev server's one shard would look for tasks only twenty times a second.
          'history.timerProcessorMaxPollRPS=1000',
          'history.transferProcessorMaxPollRPS=1000',
        ],
        logFile: path.join(logs, 'temporal.log'),
        start,
        env: process.env,
      });
      return { cli, address: server.address };
    })();
    const workflowBundle = path.join(runDir, 'workflow-bundle.js');
    const bundle = async (): Promise<void> => {
      await promisify(execFile)(process.execPath, [BUNDLE_MAIN, workflowBundle]);
    };
    project.onTestsRerun(bundle);
    const bundled = bundle();
    // All have settled before anything is torn down.
    await Promise.allSettled([postgres, temporal, bundled]);
    await bundled;
    const run: RunInfo = {
      databaseUrl: (await postgres).url,
      temporalAddress: (await temporal).address,
      temporalCli: (await temporal).cli,
      workflowBundle,
      runDir,
    };
    project.provide('run', run);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
