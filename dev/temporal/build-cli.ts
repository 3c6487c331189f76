import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { signalGroup } from '../processes/signal-group.ts';

const MODULE_DIR = fileURLToPath(new URL('../../tools/temporal/', import.meta.url));
const TELL_EVERY_MS = 10_000;

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the Temporal CLI from the Go module that tools/temporal pins, into `dir`, and returns its
 * path. Takes minutes the first time, and says so every ten seconds.
 *
 * @throws when `go` is not on PATH or the build fails, with the end of its output.
 */
export async function buildCli(dir: string, options: BuildOptions): Promise<string> {
  const { say } = options;
  const binary = path.join(dir, 'temporal-built');
  const started = Date.now();
  say('building the Temporal CLI with Go, once for this user: some minutes on the first run');
  const ticker = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    say(
      `still building the Temporal CLI (${seconds} s): Go compiles the whole server, only this once`,
    );
  }, TELL_EVERY_MS);
  try {
    await goBuild(binary, options);
  } finally {
    clearInterval(ticker);
  }
  return binary;
}

function goBuild(binary: string, options: BuildOptions): Promise<void> {
  const args = ['build', '-trimpath', '-o', binary, 'github.com/temporalio/cli/cmd/temporal'];
  return new Promise((resolve, reject) => {
    const go = spawn('go', args, {
      cwd: MODULE_DIR,
      // A workspace above us must not change what is built.
      env: { ...options.env, GOWORK: 'off', CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // In a group of its own: the compilers that it starts have to go with it.
      detached: true,
    });
    const abort = (): void => {
      if (go.pid !== undefined) signalGroup(go.pid, 'SIGKILL');
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    go.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-2_000);
    });
    go.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error('there is no `go` on PATH') : error);
    });
    go.once('close', (code, signal) => {
      options.signal?.removeEventListener('abort', abort);
      if (code === 0) resolve();
      else reject(new Error(`go build ended with ${code ?? signal}: ${output.trim()}`));
    });
  });
}
