import { cpus, totalmem } from 'node:os';
import type { Client } from 'pg';

/** One line on what a figure was measured with. */
export async function describeMachine(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    "select current_setting('server_version') as version",
  );
  const cores = cpus();
  return [
    `${cores[0]?.model.trim() ?? 'unknown CPU'}, ${cores.length} cores`,
    `${Math.round(totalmem() / 1024 ** 3)} GB memory`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
    `Postgres ${rows[0]?.version}`,
  ].join(', ');
}
