import type { Client } from '@temporalio/client';

/** All that Temporal holds and shows of its workflows, as text, by workflow; of those that `query` finds. */
export async function allThatTemporalHolds(
  client: Client,
  query?: string,
): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  for await (const listed of client.workflow.list(query === undefined ? {} : { query })) {
    const { workflowId, runId } = listed;
    const handle = client.workflow.getHandle(workflowId, runId);
    const parts = await Promise.all([
      handle.describe().then(({ raw }) => raw),
      // Also the summaries of activities and timers.
      handle.fetchHistory(),
      // The current details.
      handle.query('__temporal_workflow_metadata'),
    ]);
    held.set(`${workflowId} ${runId}`, [listed.raw, ...parts].map(readable).join('\n'));
  }
  return held;
}

/** What an answer of Temporal says, with its payloads as what they say, not as bytes. */
function readable(answer: unknown): string {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString());
    else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        texts.push(key);
        walk(inner);
      }
    }
  };
  walk(answer);
  return texts.join('\n');
}
