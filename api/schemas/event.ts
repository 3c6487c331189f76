import { z } from 'zod';
import { EVENT_TYPES } from '../../config/event-type.ts';
import type { EventRow } from '../../db/events/list-events.ts';
import { id, timestamp } from './common.ts';

export const eventType = z.enum(EVENT_TYPES);

export const event = z
  .object({
    id: id,
    type: eventType,
    connection_id: id.nullable().describe('Null: it is about a webhook endpoint.'),
    account_id: id.nullable().describe('Null: of the connection as a whole.'),
    data: z
      .record(z.string(), z.unknown())
      .describe('By type. Ids, counts, states and codes: nothing of what the bank told.'),
    created_at: timestamp,
  })
  .meta({ ref: 'Event' });

export function toEvent(row: EventRow): z.infer<typeof event> {
  return {
    ...row,
    data: row.data as Record<string, unknown>,
    created_at: row.created_at.toISOString(),
  };
}
