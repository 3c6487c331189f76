import { Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { runInfo } from '../support/run-info.ts';

let isQuiet = false;

/**
 * Runs today's workflows against histories. Answers with what went wrong for each, by its name;
 * nothing where they still do what they did then.
 */
export async function replay(
  histories: readonly { readonly name: string; readonly history: unknown }[],
): Promise<Record<string, string>> {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  isQuiet = true;
  const named = histories.map(({ name, history }) => ({ workflowId: name, history }));
  const wrong: Record<string, string> = {};
  const workflowBundle = { codePath: runInfo().workflowBundle };
  const results = Worker.runReplayHistories({ workflowBundle }, named);
  for await (const { workflowId, error } of results) {
    if (error) wrong[workflowId] = error.message;
  }
  return wrong;
}
