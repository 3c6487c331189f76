import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunAs } from './run-as.ts';

/** Whether that user can enter the folder `dir`: every folder above it has to let them through. */
export async function canEnter(user: RunAs, dir: string): Promise<boolean> {
  try {
    // Asking the kernel is surer than reading modes: there are ACLs and read-only mounts.
    await promisify(execFile)('/bin/sh', ['-c', 'cd "$0"', dir], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
