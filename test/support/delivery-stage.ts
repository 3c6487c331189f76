import { sql } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import { recordEvents } from '../../db/events/record-event.ts';
import { endpointDeliveryId } from '../../workflows/delivery-messages.ts';
import { startFreshet, type Freshet, type FreshetOptions } from './start-freshet.ts';
import { startReceiver, type Answer, type Receiver } from './start-receiver.ts';
import { storeAccount } from './store.ts';

/** An endpoint, and what its operator runs there. */
export interface Heard extends Receiver {
  readonly endpointId: string;
  readonly secret: string;
}

/** A Freshet, and as many receivers as a test wants. */
export interface DeliveryStage {
  readonly freshet: Freshet;
  /** A receiver with an endpoint of its own; `values` as the API takes them. */
  listen(answer?: Answer, values?: object): Promise<Heard>;
  /** An account that belongs to no bank. */
  account(): Promise<string>;
  /** Has so many things happen to an account, in one transaction. Answers with the events' ids, in their order. */
  happen(accountId: string, count?: number, type?: EventType): Promise<string[]>;
  deliveries(endpointId: string): Promise<DeliveryOfStage[]>;
  attempts(endpointId: string, eventId: string): Promise<AttemptOfStage[]>;
  endpoint(endpointId: string): Promise<EndpointOfStage>;
  /** Ends the waits of an endpoint: its rest, and those for the next attempts. */
  hurry(endpointId: string): Promise<void>;
  workflow(endpointId: string): ReturnType<Freshet['temporal']['workflow']['getHandle']>;
  /** Nothing happens to what a test has made any more. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export type DeliveryOfStage = Awaited<ReturnType<typeof deliveriesTo>>[number];
export type AttemptOfStage = Awaited<ReturnType<typeof attemptsAt>>[number];
export type EndpointOfStage = Awaited<ReturnType<typeof endpointRow>>;

export async function startDeliveryStage(options: FreshetOptions = {}): Promise<DeliveryStage> {
  return deliveryStageOf(await startFreshet({ reconcileSeconds: 1, ...options }));
}

export function deliveryStageOf(freshet: Freshet): DeliveryStage {
  const { db } = freshet;
  let heard: Heard[] = [];

  return {
    freshet,
    async listen(answer, values = {}) {
      const receiver = await startReceiver(answer);
      const wanted = { url: receiver.url, ...values };
      const { status, body } = await freshet.call('POST', '/v1/endpoints', wanted);
      if (status !== 201) throw new Error(`no endpoint: ${status} ${JSON.stringify(body)}`);
      const one = { ...receiver, endpointId: body.id, secret: body.secret };
      heard.push(one);
      return one;
    },
    async account() {
      const id = await storeAccount(db);
      // Left alone by the reconciler: what happens to it is what the test has happen.
      await db
        .updateTable('accounts')
        .set({ status: 'unlinked', unlinked_at: new Date() })
        .where('id', '=', id)
        .execute();
      return id;
    },
    async happen(accountId, count = 1, type = 'account.paused') {
      const { connection_id: connectionId } = await db
        .selectFrom('accounts')
        .where('id', '=', accountId)
        .select('connection_id')
        .executeTakeFirstOrThrow();
      const event = { type, accountId, connectionId, data: { reason: 'user' } };
      return await db.transaction().execute(async (trx) => {
        await recordEvents(
          trx,
          Array.from({ length: count }, () => event),
        );
        const { rows } = await sql<{ id: string }>`
          select id from events where xmin = pg_current_xact_id()::xid order by sequence`.execute(
          trx,
        );
        return rows.map(({ id }) => id);
      });
    },
    deliveries: (endpointId) => deliveriesTo(freshet, endpointId),
    attempts: (endpointId, eventId) => attemptsAt(freshet, endpointId, eventId),
    endpoint: (endpointId) => endpointRow(freshet, endpointId),
    async hurry(endpointId) {
      await db
        .updateTable('webhook_endpoints')
        .set({ rest_until: null })
        .where('id', '=', endpointId)
        .execute();
      await db
        .updateTable('deliveries')
        .set({ next_attempt_at: sql<Date>`now()` })
        .where('endpoint_id', '=', endpointId)
        .where('status', '=', 'pending')
        .execute();
      await db.insertInto('delivery_wakes').values({ endpoint_id: endpointId }).execute();
    },
    workflow: (endpointId) => freshet.temporal.workflow.getHandle(endpointDeliveryId(endpointId)),
    async clear() {
      for (const { endpointId, close } of heard) {
        await freshet.call('DELETE', `/v1/endpoints/${endpointId}`);
        await close();
      }
      heard = [];
    },
    async close() {
      for (const { close } of heard) await close();
      await freshet.close();
    },
  };
}

/** In the order of their events. */
const deliveriesTo = ({ db }: Freshet, endpointId: string) =>
  db
    .selectFrom('deliveries')
    .where('endpoint_id', '=', endpointId)
    .orderBy('event_id')
    .selectAll()
    .execute();

const attemptsAt = ({ db }: Freshet, endpointId: string, eventId: string) =>
  db
    .selectFrom('delivery_attempts')
    .where('endpoint_id', '=', endpointId)
    .where('event_id', '=', eventId)
    .orderBy('number')
    .selectAll()
    .execute();

const endpointRow = ({ db }: Freshet, endpointId: string) =>
  db
    .selectFrom('webhook_endpoints')
    .where('id', '=', endpointId)
    .selectAll()
    .executeTakeFirstOrThrow();
