import {
  sql,
  type ExpressionBuilder,
  type Expression,
  type SqlBool,
  type Transaction,
} from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * Deletes endpoints: their URLs and secrets are forgotten, and what waits for them is cancelled. Answers
 * with how many there were.
 */
export async function deleteEndpoints(
  trx: Transaction<Schema>,
  which: (eb: ExpressionBuilder<Schema, 'webhook_endpoints'>) => Expression<SqlBool>,
): Promise<number> {
  const deleted = await trx
    .updateTable('webhook_endpoints')
    .set({
      deleted_at: sql<Date>`now()`,
      url: '',
      description: null,
      secret: null,
      old_secret: null,
      old_secret_until: null,
    })
    .where('deleted_at', 'is', null)
    .where(which)
    .returning('id')
    .execute();
  if (deleted.length === 0) return 0;
  // Locked in the order in which those lock them who record attempts.
  await sql`
    with waiting as materialized (
      select endpoint_id, event_id from deliveries
      where status = 'pending' and endpoint_id = any(${deleted.map(({ id }) => id)}::uuid[])
      order by endpoint_id, event_id
      for no key update
    )
    update deliveries set status = 'cancelled', next_attempt_at = null, ended_at = now()
    from waiting
    where deliveries.status = 'pending'
      and deliveries.endpoint_id = waiting.endpoint_id and deliveries.event_id = waiting.event_id
  `.execute(trx);
  return deleted.length;
}
