import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { recordEvent } from '../events/record-event.ts';
import type { DisabledReason } from '../schema.ts';
import { isUnchangedSince } from './unchanged-since.ts';

/**
 * Disables an endpoint, and tells the others why, unless the operator did it. What waits for it is kept.
 * Answers whether it was enabled.
 * @param knownAt its `updated_at`: not where the operator has changed it since.
 */
export async function disableEndpoint(
  db: Database,
  endpointId: string,
  reason: DisabledReason,
  knownAt?: Date,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    let query = trx
      .updateTable('webhook_endpoints')
      .set({
        status: 'disabled',
        disabled_reason: reason,
        status_changed_at: sql<Date>`now()`,
        rest_until: null,
      })
      .where('id', '=', endpointId)
      .where('status', '=', 'enabled')
      .where('deleted_at', 'is', null);
    if (knownAt) query = query.where(isUnchangedSince(knownAt));
    const disabled = await query.returning(['account_id', 'status_changed_at']).executeTakeFirst();
    if (!disabled) return false;
    if (reason === 'operator') return true;
    const { account_id: accountId, status_changed_at: at } = disabled;
    const data = {
      endpoint_id: endpointId,
      account_id: accountId,
      reason,
      disabled_at: at.toISOString(),
    };
    await recordEvent(trx, { type: 'endpoint.disabled', data });
    return true;
  });
}
