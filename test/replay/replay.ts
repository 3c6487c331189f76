import { Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { runInfo } from '../support/run-info.ts';

let isQuiet = false;

interface Named {
  readonly name: string;
  readonly history: unknown;
}

let before: Promise<unknown> = Promise.resolve();

/**
 * Runs today's workflows against histories. Answers with what went wrong for each, by its name;
 * nothing where they still do what they did then.
 */
export async function replay(histories: readonly Named[]): Promise<Record<string, string>> {
  // One after the other: the SDK's core shuts down when the last replay has ended, also while another begins.
  const mine = before.then(() => replayNow(histories));
  before = mine.catch(() => undefined);
  return await mine;
}

async function replayNow(histories: readonly Named[]): Promise<Record<string, string>> {
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
