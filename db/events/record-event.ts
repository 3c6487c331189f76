import type { Transaction } from 'kysely';
import type { EventType } from '../../config/event-type.ts';
import type { Schema } from '../schema.ts';

export interface NewEvent {
  readonly type: EventType;
  readonly connectionId: string;
  readonly accountId?: string;
  /** Ids, counts, states and codes: nothing of what the bank told. */
  readonly data?: object;
}

/** Records what happens, in the transaction in which it does. */
export async function recordEvent(trx: Transaction<Schema>, event: NewEvent): Promise<void> {
  await recordEvents(trx, [event]);
}

export async function recordEvents(
  trx: Transaction<Schema>,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await trx
    .insertInto('events')
    .values(
      events.map(({ type, connectionId, accountId, data }) => ({
        type,
        connection_id: connectionId,
        account_id: accountId ?? null,
        data: JSON.stringify(data ?? {}),
      })),
    )
    .execute();
}
