import { requestUnlink, type UnlinkRequest } from '../db/connections/request-unlink.ts';
import type { ApiDeps } from './deps.ts';
import { doConnectionWork } from './do-connection-work.ts';
import { notFound } from './http/problem.ts';

/**
 * Stores that a connection is to be unlinked, which ends its syncing, and has a workflow withdraw the
 * consent and erase what is to be erased; its end is waited for for some seconds. Asked again it adds what
 * is asked for, and goes on.
 */
export async function unlink(
  deps: ApiDeps,
  connectionId: string,
  request: UnlinkRequest,
): Promise<void> {
  const requested = await requestUnlink(deps.db, connectionId, request);
  if (!requested) throw notFound('connection');
  if (!requested.isDone) await doConnectionWork(deps, 'unlink', requested);
}
