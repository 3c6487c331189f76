import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../dev/processes/managed-process.ts';
import { lastLines } from '../../dev/processes/last-lines.ts';
import { eventually } from './eventually.ts';
import { runInfo } from './run-info.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** A program that the documentation shows, as it is run. */
export interface RunningSample {
  /** Where it listens; `http://127.0.0.1:0/` when it does not. */
  readonly url: string;
  readonly port: string;
  output(): string;
  kill(): Promise<void>;
}

export interface SampleProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** A program in Node, by its path in `docs/`. */
export const nodeSample = (file: string): SampleProgram => ({
  command: process.execPath,
  args: [path.join(DOCS, file)],
});

/** @param env all that it finds in its environment beside PATH and HOME. */
export async function startSample(
  { command, args }: SampleProgram,
  env: Readonly<Record<string, string>>,
  { listens = true }: { readonly listens?: boolean } = {},
): Promise<RunningSample> {
  const { runDir } = runInfo();
  const name = `sample-${path.basename(args[0] ?? command)}-${randomBytes(4).toString('hex')}`;
  const spawned = await startProcess({
    name,
    command,
    args,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', ...env },
    cwd: runDir,
    logFile: path.join(runDir, 'logs', `${name}.log`),
    registerDir: path.join(runDir, 'run'),
  });
  const output = (): string => readFileSync(spawned.logFile, 'utf8');
  const kill = async (): Promise<void> => {
    spawned.signal('SIGKILL');
    await spawned.exited;
  };
  const describe = `${name} to listen`;
  const port = await eventually(
    () => {
      if (spawned.exit()) throw new Error(lastLines(spawned.logFile, 20));
      return listens ? /^listening on .*?(\d+)\D*$/m.exec(output())?.[1] : '0';
    },
    { timeoutMs: 30_000, describe },
  );
  return { url: `http://127.0.0.1:${port}/`, port, output, kill };
}
