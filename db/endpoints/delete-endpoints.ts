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
  await trx
    .updateTable('deliveries')
    .set({ status: 'cancelled', next_attempt_at: null, ended_at: sql<Date>`now()` })
    .where('status', '=', 'pending')
    .where(
      'endpoint_id',
      'in',
      deleted.map(({ id }) => id),
    )
    .execute();
  return deleted.length;
}
