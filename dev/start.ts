import { createAccountLabels } from './account-labels.ts';
import { createJsonClient } from './demo/json-client.ts';
import { apiUrl, sandboxUrl } from './part-environments.ts';
import { bringUp } from './parts.ts';
import { portComplaints } from './ports.ts';
import { startGuard } from './processes/guard.ts';
import { stopLeftovers } from './processes/leftovers.ts';
import { createProgress } from './progress.ts';
import { readyBlock } from './ready-block.ts';
import { runDemo } from './demo/demo.ts';
import { loadSecrets } from './secrets.ts';
import { readStartSettings, wantedPorts, type StartSettings } from './settings.ts';
import { claimStateDir, type StateDir } from './state-dir.ts';
import { listenForStop } from './stop-request.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { printSyncs } from './sync-lines.ts';

const write = (text: string): void => {
  process.stdout.write(text);
};
// The terminal may be gone before we are.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

function complain(error: unknown): void {
  process.stderr.write(`\n${(error as Error).message}\n`);
}

/** `npm start`: everything on this machine, until it is asked to stop. Returns the exit code. */
async function main(env: NodeJS.ProcessEnv): Promise<number> {
  const settings = readStartSettings(env);
  const state = claimStateDir(settings.stateDir);
  try {
    const leftovers = await stopLeftovers(state.register);
    if (leftovers.length > 0) {
      write(`Stopped what a start before this one had left running: ${leftovers.join(', ')}.\n`);
    }
    const complaints = await portComplaints(wantedPorts(settings));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));

    const supervisor = createSupervisor(state.register);
    const dismissGuard = startGuard(state.register);
    const stop = listenForStop(() => supervisor.hurry());
    if (env['npm_lifecycle_event'] !== undefined) stop.whenOrphaned();
    const running = run(env, settings, state, supervisor, stop.signal);
    let code = 0;
    try {
      await Promise.race([running, supervisor.died, stop.requested]);
    } catch (error) {
      stop.abort();
      complain(error);
      code = 1;
    }
    // What is still under way sees its servers go; nobody waits for it.
    running.catch(() => undefined);
    write('\nStopping …\n');
    await supervisor.stop();
    dismissGuard();
    write(`Stopped. \`npm start\` goes on with the same accounts (state: ${state.dir}).\n`);
    return code;
  } finally {
    state.release();
  }
}

async function run(
  env: NodeJS.ProcessEnv,
  settings: StartSettings,
  state: StateDir,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<void> {
  write('Starting Freshet\n');
  const secrets = loadSecrets(state.secrets);
  const progress = createProgress((text) => {
    if (!signal.aborted) write(text);
  });
  const parts = { env, settings, state, secrets, supervisor, progress, signal };
  const { databaseUrl, workerLog } = await bringUp(parts);
  state.noteDatabase(databaseUrl);
  const api = createJsonClient(apiUrl(settings), { authorization: `Bearer ${secrets.apiKey}` });
  const bank = createJsonClient(sandboxUrl(settings));
  const account = await progress.step('demo', () => runDemo(api, bank));
  write(readyBlock({ env, settings, secrets, databaseUrl, account }));
  const label = createAccountLabels(api);
  await printSyncs({ file: workerLog, label, signal, write });
}

try {
  process.exitCode = await main(process.env);
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
// Open sockets and timers of what was under way must not keep us.
process.exit();
