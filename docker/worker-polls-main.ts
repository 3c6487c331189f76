// Health check of a worker's container: exits 0 when a worker on this host asked Temporal for work within the last three
// minutes (a poll takes up to one), otherwise 1.
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import proto from '@temporalio/proto';

const RECENT_MS = 3 * 60_000;

const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await Connection.connect({ ...connectionOptions, connectTimeout: 5_000 });
const { pollers } = await connection.withDeadline(Date.now() + 5_000, () =>
  connection.workflowService.describeTaskQueue({
    namespace: namespace ?? 'default',
    taskQueue: { name: process.env['FRESHET_TASK_QUEUE'] ?? 'freshet' },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  }),
);
await connection.close();

const polls = (pollers ?? []).some(
  ({ identity, lastAccessTime }) =>
    identity?.endsWith(`@${hostname()}`) === true &&
    Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - RECENT_MS,
);
process.exitCode = polls ? 0 : 1;
