import type { Database } from '../../db/connect.ts';
import { findEndpoint, type EndpointRow } from '../../db/endpoints/list-endpoints.ts';
import { notFound, Problem } from '../http/problem.ts';

export async function endpointOr404(db: Database, id: string): Promise<EndpointRow> {
  const row = await findEndpoint(db, id);
  if (!row) throw notFound('endpoint');
  return row;
}

export const endpointDisabled = (): Problem =>
  new Problem(
    409,
    'endpoint_disabled',
    'The endpoint is disabled: enable it with POST /v1/endpoints/:id/enable.',
  );
