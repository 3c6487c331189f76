import { Runtime, DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflows } from '../../worker/workflow-source.ts';

let bundle: Promise<WorkflowBundle> | undefined;

/**
 * Runs today's workflows against histories. Answers with what went wrong for each, by its name;
 * nothing where they still do what they did then.
 */
export async function replay(
  histories: readonly { readonly name: string; readonly history: unknown }[],
): Promise<Record<string, string>> {
  if (!bundle) {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
    bundle = bundleWorkflows();
  }
  const named = histories.map(({ name, history }) => ({ workflowId: name, history }));
  const wrong: Record<string, string> = {};
  const results = Worker.runReplayHistories({ workflowBundle: await bundle }, named);
  for await (const { workflowId, error } of results) {
    if (error) wrong[workflowId] = error.message;
  }
  return wrong;
}
