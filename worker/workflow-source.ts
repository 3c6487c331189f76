import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';

/** The bundler's own chatter says nothing that an operator needs. */
const quiet = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The workflows' code as the worker takes it: the bundle at `path`, or one made now. */
export async function workflowSource(
  path: string | undefined,
): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  return { workflowBundle: path ? { codePath: path } : await bundleWorkflows() };
}

/** Bundles all that `workflows/index.ts` exports. */
export async function bundleWorkflows(): Promise<{ code: string }> {
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  return await bundleWorkflowCode({ workflowsPath, logger: quiet });
}
