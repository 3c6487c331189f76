import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { cancelWaiting } from '../deliveries/cancel-waiting.ts';
import { deleteEndpoints } from './delete-endpoints.ts';

/** The most of a kind that one call deals with: the rest follows in the next ones. */
const MOST = 1_000;
const MOST_BATCHES = 20;

/**
 * Deletes the endpoints of accounts that are unlinked: once the account is erased, or has been unlinked for `days`
 * days, and nothing is on its way there any more. Answers with how many.
 */
export async function deleteEndpointsOfUnlinked(db: Database, days: number): Promise<number> {
  return await db.transaction().execute((trx) =>
    deleteEndpoints(
      trx,
      () => sql<boolean>`webhook_endpoints.id = any(array(
        select endpoint.id from webhook_endpoints endpoint
        join accounts account on account.id = endpoint.account_id
        join connections connection on connection.id = account.connection_id
        where endpoint.deleted_at is null and account.unlinked_at is not null
          and (
            connection.erased_at is not null
            or account.unlinked_at < now() - ${days} * interval '1 day'
          )
          and (
            endpoint.status = 'disabled' and connection.erased_at is not null
            or not exists (
              select from deliveries delivery
              where delivery.endpoint_id = endpoint.id and delivery.status = 'pending'
            )
          )
        limit ${MOST}
      ))`,
    ),
  );
}

/**
 * Forgets deleted endpoints that no delivery names any more, and cancels what waits for one: what was meant for it in the
 * moment in which it was deleted, or was too much for that. Answers with how many were forgotten.
 */
export async function forgetDeletedEndpoints(db: Database): Promise<number> {
  const deleted = sql`select id from webhook_endpoints where deleted_at is not null`;
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    if (!(await cancelWaiting(db, deleted))) break;
  }
  // A transaction that began before the endpoint was deleted may still write a delivery for it.
  const { numAffectedRows } = await sql`
    delete from webhook_endpoints where id = any(array(
      select id from webhook_endpoints endpoint
      where deleted_at < now() - interval '1 hour'
        and not exists (select from deliveries delivery where delivery.endpoint_id = endpoint.id)
      limit ${MOST}
    ))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
