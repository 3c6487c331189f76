import { inject } from 'vitest';

/** What the run's global set-up started and every test file may use. */
export interface RunInfo {
  /**
   * Connection string of the run's Postgres: superuser, a database that nobody's test writes to.
   */
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Path of the Temporal CLI. */
  readonly temporalCli: string;
  /** Path of the workflows' bundle: a worker that makes its own takes seconds for it. */
  readonly workflowBundle: string;
  /** Folder of this run, deleted at its end: logs, data, the register of processes. */
  readonly runDir: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    run: RunInfo;
  }
}

export function runInfo(): RunInfo {
  return inject('run');
}
