import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { ConnectionToRun } from '../db/connections/connection-to-run.ts';
import type { connectionLink } from '../workflows/connection-link.ts';
import * as messages from '../workflows/connection-messages.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';
import { DEADLINE_MS } from './deadline.ts';

/**
 * `link` looks for a connection's accounts, `check` does so when nobody has asked; `unlink` ends it. What
 * exactly is to be done, the workflow reads from Postgres.
 */
export type ConnectionWork = 'link' | 'check' | 'unlink';

/** `put_off`: it was tried in vain and will be tried again another day; `running`: not ended in time. */
export type WorkEnd = 'done' | 'put_off' | 'running';

/**
 * How the API and the reconciler reach the workflows that link and unlink. All reject when Temporal does
 * not answer in time: what is to be done is in Postgres already, and the reconciler starts it later.
 */
export interface ConnectionWorkflows {
  /** Starts the work where it does not run. Answers whether it did not. */
  start(work: ConnectionWork, connection: ConnectionToRun): Promise<boolean>;
  /** Has the work done from now on: one that runs, or waits for the provider, begins anew. */
  ask(work: ConnectionWork, connection: ConnectionToRun): Promise<void>;
  /** Has the work, should it wait for the provider, begin anew. Does not start it. */
  wake(work: ConnectionWork, connectionId: string): Promise<void>;
  /** Answers how the work has ended, at the latest after `waitMs`. */
  ended(work: ConnectionWork, connectionId: string, waitMs: number): Promise<WorkEnd>;
}

/** That which unlinks has no result. */
type Workflow = typeof connectionLink;

/** A workflow can end between being found running and being signalled. */
const TRIES = 3;

const idOf = (work: ConnectionWork, connectionId: string): string =>
  work === 'unlink'
    ? messages.connectionUnlinkId(connectionId)
    : messages.connectionLinkId(connectionId);

export function createConnectionWorkflows(
  client: Client,
  { taskQueue }: { readonly taskQueue: string },
): ConnectionWorkflows {
  async function start(work: ConnectionWork, connection: ConnectionToRun): Promise<boolean> {
    const { id: connectionId, provider } = connection;
    const input: messages.ConnectionInput = { connectionId, provider, isCheck: work === 'check' };
    const type = work === 'unlink' ? messages.CONNECTION_UNLINK : messages.CONNECTION_LINK;
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.start(type, {
          workflowId: idOf(work, connectionId),
          taskQueue,
          args: [input],
          workflowIdConflictPolicy: 'FAIL',
          typedSearchAttributes: [{ key: searchAttributes.provider, value: provider }],
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /** Answers whether there was one to be signalled. */
  async function signalRunning(work: ConnectionWork, connectionId: string): Promise<boolean> {
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.getHandle(idOf(work, connectionId)).signal(messages.askedAgain),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  return {
    start,
    async ask(work, connection) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (await start(work, connection)) return;
        if (await signalRunning(work, connection.id)) return;
      }
    },
    async wake(work, connectionId) {
      await signalRunning(work, connectionId);
    },
    async ended(work, connectionId, waitMs) {
      const handle = client.workflow.getHandle<Workflow>(idOf(work, connectionId));
      try {
        const found = await client.withDeadline(Date.now() + waitMs, () => handle.result());
        return found?.outcome === 'put_off' ? 'put_off' : 'done';
      } catch {
        // Postgres tells how far it has come.
        return 'running';
      }
    },
  };
}
