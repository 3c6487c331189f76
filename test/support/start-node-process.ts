import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startProcess as spawnProcess,
  type ProcessExit,
} from '../../dev/processes/managed-process.ts';
import { lastLines } from '../../dev/processes/last-lines.ts';
import { eventually } from './eventually.ts';
import { runInfo } from './run-info.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type LogLine = Readonly<Record<string, unknown>>;

export interface NodeProcess {
  readonly pid: number;
  /** Everything it wrote to stdout and stderr. */
  output(): string;
  /** Its JSON log lines. */
  logLines(): LogLine[];
  /**
   * Waits for a log line with this `msg`, or that `matches`. Rejects when the process ends before.
   */
  logged(msg: string | ((line: LogLine) => boolean), timeoutMs?: number): Promise<LogLine>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<ProcessExit>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<ProcessExit>;
  readonly exited: Promise<ProcessExit>;
  /** Undefined while it runs. */
  exit(): ProcessExit | undefined;
}

export interface StartProcessOptions {
  /** The `msg` of the log line that says it is ready; when not given, it is not waited for. */
  readonly ready?: string;
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * Starts a main file of the repository, as `worker/main.ts`, as a real process, with PATH and `env`
 * for its whole environment. What a test does not stop is stopped at the end of the run.
 *
 * @throws when it ends, or is silent for `timeoutMs`, before it is ready: with the end of its log.
 */
export async function startProcess(
  mainFile: string,
  env: Readonly<Record<string, string>>,
  options: StartProcessOptions = {},
): Promise<NodeProcess> {
  const { runDir } = runInfo();
  const name = `${mainFile.replaceAll('/', '-')}-${randomBytes(4).toString('hex')}`;
  const spawned = await spawnProcess({
    name,
    command: process.execPath,
    args: [path.join(ROOT, mainFile), ...(options.args ?? [])],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    cwd: ROOT,
    logFile: path.join(runDir, 'logs', `${name}.log`),
    registerDir: path.join(runDir, 'run'),
  });
  const output = (): string => readFileSync(spawned.logFile, 'utf8');
  const logLines = (): LogLine[] => output().split('\n').flatMap(parse);

  const logged: NodeProcess['logged'] = async (wanted, timeoutMs = 20_000) => {
    const matches = typeof wanted === 'string' ? isMessage(wanted) : wanted;
    const describe = `${typeof wanted === 'string' ? `“${wanted}”` : 'a log line'} of ${mainFile}`;
    const found = await eventually(
      () => {
        const exit = spawned.exit();
        const line = logLines().find(matches);
        return line ?? (exit === undefined ? undefined : ('ended' as const));
      },
      { timeoutMs, describe },
    ).catch((error: unknown) => {
      throw new Error(
        `${(error as Error).message}. Its log ends with:\n${lastLines(spawned.logFile, 20)}`,
        {
          cause: error,
        },
      );
    });
    if (found !== 'ended') return found;
    const { code, signal } = await spawned.exited;
    throw new Error(
      `${mainFile} ended with ${code ?? signal}. Its log ends with:\n${lastLines(spawned.logFile, 20)}`,
    );
  };

  const started: NodeProcess = {
    pid: spawned.pid,
    output,
    logLines,
    logged,
    exited: spawned.exited,
    exit: spawned.exit,
    stop: () => spawned.stop(),
    kill: () => {
      spawned.signal('SIGKILL');
      return spawned.exited;
    },
  };
  if (options.ready !== undefined) {
    try {
      await logged(options.ready, options.timeoutMs);
    } catch (error) {
      await started.kill();
      throw error;
    }
  }
  return started;
}

function isMessage(msg: string): (line: LogLine) => boolean {
  return (line) => line['msg'] === msg;
}

function parse(line: string): LogLine[] {
  if (!line.startsWith('{')) return [];
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    return [];
  }
}
