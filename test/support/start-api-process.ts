import type { Freshet } from './start-freshet.ts';
import { startProcess, type NodeProcess } from './start-node-process.ts';

/** One more instance of a Freshet's API, in a process of its own, once it answers. */
export async function startApiProcess(
  freshet: Freshet,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<NodeProcess> {
  return await startProcess(
    'api/server.ts',
    { ...freshet.env, FRESHET_API_PORT: String(port), ...env },
    { ready: 'api ready', timeoutMs: 60_000 },
  );
}
