import type { Database } from '../connect.ts';
import { deleteEndpoints } from './delete-endpoints.ts';

export type EndpointRemoval =
  | 'removed'
  | 'unknown'
  /** It is the `webhook_url` of an account that is linked. */
  | 'of_account';

/** Deletes an endpoint: what waits for it is cancelled. */
export async function removeEndpoint(db: Database, id: string): Promise<EndpointRemoval> {
  return await db.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom('webhook_endpoints as endpoint')
      .leftJoin('accounts', 'accounts.id', 'endpoint.account_id')
      .where('endpoint.id', '=', id)
      .where('endpoint.deleted_at', 'is', null)
      .select(['endpoint.account_id', 'accounts.unlinked_at'])
      .executeTakeFirst();
    if (!found) return 'unknown';
    if (found.account_id !== null && found.unlinked_at === null) return 'of_account';
    await deleteEndpoints(trx, (eb) => eb('id', '=', id));
    return 'removed';
  });
}
