import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { LinkSessionPace } from '../config/link-session-pace.ts';
import type { LinkSessionToRun } from '../db/link-sessions/link-session-to-run.ts';
import type { linkSession } from '../workflows/link-session.ts';
import * as messages from '../workflows/link-session-messages.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';
import { DEADLINE_MS } from './deadline.ts';

/**
 * How the API and the reconciler reach the workflows of link sessions. Both reject when Temporal does not
 * answer in time.
 */
export interface LinkSessionWorkflows {
  /** Starts it where it does not run. Answers whether it did not. */
  start(session: LinkSessionToRun): Promise<boolean>;
  /** Has it look for what is stored for its session, and starts it where it does not run. */
  tell(session: LinkSessionToRun): Promise<void>;
}

export function createLinkSessionWorkflows(
  client: Client,
  { taskQueue, pace }: { readonly taskQueue: string; readonly pace?: LinkSessionPace | undefined },
): LinkSessionWorkflows {
  function optionsOf({ id: sessionId, provider }: LinkSessionToRun) {
    const input: messages.LinkSessionInput = { sessionId, provider, ...(pace ? { pace } : {}) };
    return {
      workflowId: messages.linkSessionId(sessionId),
      taskQueue,
      args: [input] as [messages.LinkSessionInput],
      typedSearchAttributes: [{ key: searchAttributes.provider, value: provider }],
    };
  }

  return {
    async start(session) {
      try {
        await client.withDeadline(Date.now() + DEADLINE_MS, () =>
          client.workflow.start<typeof linkSession>(messages.LINK_SESSION, {
            ...optionsOf(session),
            workflowIdConflictPolicy: 'FAIL',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
        throw error;
      }
    },
    async tell(session) {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.signalWithStart<typeof linkSession>(messages.LINK_SESSION, {
          ...optionsOf(session),
          signal: messages.linkSessionTold,
          signalArgs: [],
        }),
      );
    },
  };
}
