import {
  sql,
  type ExpressionBuilder,
  type Expression,
  type SqlBool,
  type Transaction,
} from 'kysely';
import { cancelWaiting } from '../deliveries/cancel-waiting.ts';
import type { Schema } from '../schema.ts';

/**
 * Deletes endpoints: their URLs and secrets are forgotten, what waits for them is cancelled, and their workflows are
 * woken to end. Answers with how many there were.
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
  const ids = deleted.map(({ id }) => id);
  await trx
    .insertInto('delivery_wakes')
    .values(ids.map((id) => ({ endpoint_id: id })))
    .execute();
  // Where there is more, the reconciler goes on.
  await cancelWaiting(trx, sql`select unnest(${ids}::uuid[])`);
  return deleted.length;
}
