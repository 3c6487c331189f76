import path from 'node:path';
import type { ProcessSpec } from '../../dev/processes/managed-process.ts';

/** A shell script to be supervised, instead of a real server. */
export function scripted(
  dir: string,
  name: string,
  script: string,
  more: Partial<ProcessSpec> = {},
): ProcessSpec {
  return {
    name,
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] },
    logFile: path.join(dir, 'logs', `${name}.log`),
    registerDir: path.join(dir, 'run'),
    ...more,
  };
}

/** Says `up`, then runs until SIGTERM, and says `down`. */
export const OBEDIENT = 'trap "echo down; exit 0" TERM; echo up; while :; do sleep 0.05; done';

/** Does not hear SIGTERM. */
export const DEAF = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
