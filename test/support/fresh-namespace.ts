import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { registerSearchAttributes } from '../../temporal/register-search-attributes.ts';
import { eventually } from './eventually.ts';
import { runInfo } from './run-info.ts';

export interface FreshNamespace {
  readonly name: string;
  readonly address: string;
  /** Open until `close` is called. */
  readonly connection: Connection;
  close(): Promise<void>;
}

/**
 * A Temporal namespace of one's own, with our search attributes, in the run's shared server or in
 * the one at `address`. Takes about a tenth of a second. It goes with the server.
 */
export async function freshNamespace(
  address: string = runInfo().temporalAddress,
): Promise<FreshNamespace> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace: name,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const describe = `the Temporal namespace ${name}`;
    await eventually(() => usable(connection, name), { describe });
    await registerSearchAttributes(connection, name);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { name, address, connection, close: () => connection.close() };
}

async function usable(connection: Connection, namespace: string): Promise<boolean> {
  await connection.workflowService.describeNamespace({ namespace });
  // Goes through the namespace cache, which is what lags behind.
  await connection.workflowService.countWorkflowExecutions({ namespace });
  return true;
}
