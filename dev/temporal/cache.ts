import { homedir } from 'node:os';
import path from 'node:path';
import { CLI_VERSION } from './cli-version.ts';

/** Go's and temporal.download's name of this machine's processor. */
export function goArch(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

/**
 * Where the Temporal CLI is kept for this user, by version and machine, so that it is got only
 * once.
 */
export function cachedCliPath(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification: a relative path in it is to be ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache');
  const kind = `${CLI_VERSION}-${process.platform}-${goArch()}`;
  return path.join(base, 'freshet', 'temporal', kind, 'temporal');
}
