import type { ConnectionToRun } from '../db/connections/connection-to-run.ts';
import type { ConnectionWork, WorkEnd } from '../temporal/connection-workflows.ts';
import type { ApiDeps } from './deps.ts';

/** So long a caller is kept waiting for the end of it; most of it takes a second. */
const WAIT_MS = 10_000;

/**
 * Has the workflow do what is stored of a connection, and waits for its end, for some seconds. Where
 * Temporal is away the reconciler has it done later. Answers whether it is done; Postgres tells how far it
 * has come.
 */
export async function doConnectionWork(
  { connectionWorkflows, logger }: Pick<ApiDeps, 'connectionWorkflows' | 'logger'>,
  work: ConnectionWork,
  connection: ConnectionToRun,
): Promise<WorkEnd> {
  try {
    await connectionWorkflows.ask(work, connection);
  } catch (err) {
    logger.warn({ err, connectionId: connection.id, work }, 'workflow left to the reconciler');
    return 'running';
  }
  return await connectionWorkflows.ended(work, connection.id, WAIT_MS);
}
