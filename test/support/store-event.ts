import { sql } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import type { Database } from '../../db/connect.ts';
import { recordEvent } from '../../db/events/record-event.ts';
import type { DeliveriesTable } from '../../db/schema.ts';
import type { Updateable } from 'kysely';

/** Records an event with its deliveries, as what happens does; of an account where that is given. Answers with its id. */
export async function storeEvent(
  db: Database,
  type: EventType,
  { accountId, data = {} }: { readonly accountId?: string; readonly data?: object } = {},
): Promise<string> {
  return await db.transaction().execute(async (trx) => {
    const account = await trx
      .selectFrom('accounts')
      .where('id', '=', accountId ?? null)
      .select('connection_id')
      .executeTakeFirst();
    await recordEvent(trx, {
      type,
      data,
      ...(account && accountId ? { accountId, connectionId: account.connection_id } : {}),
    });
    const { rows } = await sql<{ id: string }>`
      select id from events where xmin = pg_current_xact_id()::xid order by id desc limit 1`.execute(
      trx,
    );
    return rows[0]?.id ?? '';
  });
}

/** An endpoint that nothing is sent to: of an account, or of all. Answers with its id. */
export async function storeEndpoint(
  db: Database,
  values: {
    readonly accountId?: string;
    readonly eventTypes?: EventType[];
    readonly unchanged?: boolean;
  } = {},
): Promise<string> {
  const { id } = await db
    .insertInto('webhook_endpoints')
    .values({
      url: 'https://receiver.example.com/',
      account_id: values.accountId ?? null,
      event_types: values.eventTypes ?? null,
      unchanged: values.unchanged ?? false,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Has a delivery stand as an attempt would have left it. */
export async function endDelivery(
  db: Database,
  endpointId: string,
  eventId: string,
  values: Updateable<DeliveriesTable> = {},
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({
      status: 'delivered',
      next_attempt_at: null,
      attempts: 1,
      tries: 1,
      ended_at: new Date(),
      ...values,
    })
    .where('endpoint_id', '=', endpointId)
    .where('event_id', '=', eventId)
    .execute();
}
