import { isGrpcServiceError } from '@temporalio/client';
import { sqlStateOf } from '../../db/sql-state.ts';

const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** `node-postgres` gives these no code. */
const POOL_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/;
/** gRPC: cancelled, deadline exceeded, resource exhausted, unavailable. */
const GRPC_OUTAGES = new Set([1, 4, 8, 14]);

/**
 * Whether the error says that Postgres is away, starting or stopping, or has no connection to give.
 */
export function isDatabaseDown(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // SQLSTATE: connection, resources, operator intervention; read only, after a failover; log-in, and no such database;
  // a deadlock, and waits that were ended; a pooler that lost a prepared statement.
  const isState = /^(08|53|57|28|40|25006|26000|3D000|55P03)/.test(sqlStateOf(error));
  return isState || SOCKET_ERRORS.has(code) || POOL_MESSAGES.test(error.message);
}

/** Whether the error says that Temporal did not answer, or not in time. */
export function isTemporalDown(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (isGrpcServiceError(one) && GRPC_OUTAGES.has(one.code)) return true;
  }
  return error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
}

/** Whether Postgres found a value malformed (SQLSTATE class 22), such as text with a NUL in it. */
export function isDataRefused(error: Error): boolean {
  return sqlStateOf(error).startsWith('22');
}
