import type { Logger } from '../config/logger.ts';
import type { ConnectionToRun } from '../db/connections/connection-to-run.ts';
import type { ConnectionWorkflows } from '../temporal/connection-workflows.ts';

/** Has the workflows of connections ask their providers how these stand, in the background. */
export type AskProviders = (connections: readonly ConnectionToRun[]) => void;

/** What Temporal does not take is left to the reconciler. */
export function createAskProviders(
  connectionWorkflows: Pick<ConnectionWorkflows, 'ask'>,
  logger: Logger,
): AskProviders {
  return (connections) => {
    for (const connection of connections) {
      connectionWorkflows.ask('link', connection).catch((err: unknown) => {
        logger.warn({ err, connectionId: connection.id }, 'check left to the reconciler');
      });
    }
  };
}
