import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const GUARD_MAIN = fileURLToPath(new URL('guard-main.ts', import.meta.url));

/**
 * Starts a watcher that stops everything in the register `registerDir` when this process dies
 * without having done so itself (SIGKILL, a crash). It is a shell that reads from a pipe which only
 * this process holds: the read ends when the pipe does.
 *
 * @returns a function that dismisses the guard, for when everything was stopped in good order.
 */
export function startGuard(registerDir: string): () => void {
  const script = 'trap "" INT HUP; cat >/dev/null 2>&1; exec "$0" "$@"';
  const guard = spawn('/bin/sh', ['-c', script, process.execPath, GUARD_MAIN, registerDir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard; the next start still finds what is left over.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return () => {
    guard.kill('SIGTERM');
  };
}
