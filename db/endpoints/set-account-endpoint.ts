import { sql, type Transaction } from 'kysely';
import type { Schema } from '../schema.ts';
import { deleteEndpoints } from './delete-endpoints.ts';
import { ENABLED } from './enabled.ts';
import { wakeEndpoint } from './wake-endpoint.ts';

/**
 * Makes the `webhook_url` of accounts an endpoint of each one's own, or takes it away: null. One that
 * moves keeps its secret, and what waits for it is sent at once; if it was disabled it is enabled.
 */
export async function setAccountEndpoint(
  trx: Transaction<Schema>,
  accountIds: readonly string[],
  url: string | null,
): Promise<void> {
  if (accountIds.length === 0) return;
  if (url === null) {
    await deleteEndpoints(trx, (eb) => eb('account_id', 'in', [...accountIds]));
    return;
  }
  const written = await trx
    .insertInto('webhook_endpoints')
    .values(accountIds.map((accountId) => ({ account_id: accountId, url })))
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .where('account_id', 'is not', null)
        .where('deleted_at', 'is', null)
        .doUpdateSet({ url, updated_at: sql<Date>`now()`, ...ENABLED }),
    )
    .returning(['id', sql<boolean>`old.id is not null`.as('was_there')])
    .execute();
  for (const { id, was_there: wasThere } of written) if (wasThere) await wakeEndpoint(trx, id);
}
