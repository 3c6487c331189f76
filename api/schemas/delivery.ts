import { z } from 'zod';
import { EVENT_TYPES } from '../../config/event-type.ts';
import type { AttemptRow } from '../../db/deliveries/list-attempts.ts';
import type { DeliveryRow } from '../../db/deliveries/list-deliveries.ts';
import { id, timestamp } from './common.ts';

export const deliveryStatus = z.enum(['pending', 'delivered', 'failed', 'cancelled']);

export const delivery = z
  .object({
    endpoint_id: id,
    event_id: id,
    event_type: z.enum(EVENT_TYPES),
    account_id: id.nullable(),
    sequence: z
      .int()
      .nullable()
      .describe('Counts the events of the account, from 1, without a hole.'),
    status: deliveryStatus.describe(
      'failed: given up after the last try. cancelled: the endpoint was deleted.',
    ),
    attempts: z.int(),
    next_attempt_at: timestamp.nullable().describe('Null once it has ended.'),
    last_attempt_at: timestamp.nullable(),
    last_status_code: z
      .int()
      .nullable()
      .describe('HTTP status of the last answer; null: there was none.'),
    last_error_code: z.string().nullable().describe('Why the last attempt had no answer.'),
    ended_at: timestamp.nullable(),
  })
  .meta({ ref: 'Delivery' });

export const deliveryWithAttempts = delivery
  .extend({
    attempt_log: z
      .array(
        z.object({
          number: z.int(),
          started_at: timestamp,
          latency_ms: z.int(),
          status_code: z.int().nullable().describe('Null: there was no answer.'),
          error_code: z.string().nullable().describe('Why there was none.'),
          response_start: z
            .string()
            .nullable()
            .describe('The first 512 bytes of the answer; null: there are none, or not any more.'),
        }),
      )
      .describe('The newest hundred, the oldest of them first.'),
  })
  .meta({ ref: 'DeliveryWithAttempts' });

export function toDelivery(row: DeliveryRow): z.infer<typeof delivery> {
  return {
    endpoint_id: row.endpoint_id,
    event_id: row.event_id,
    event_type: row.event_type,
    account_id: row.account_id,
    sequence: row.sequence === null ? null : Number(row.sequence),
    status: row.status,
    attempts: row.attempts,
    next_attempt_at: toIso(row.next_attempt_at),
    last_attempt_at: toIso(row.last_attempt_at),
    last_status_code: row.last_status_code,
    last_error_code: row.last_error_code,
    ended_at: toIso(row.ended_at),
  };
}

export const toDeliveryWithAttempts = (
  row: DeliveryRow,
  attempts: readonly AttemptRow[],
): z.infer<typeof deliveryWithAttempts> => ({
  ...toDelivery(row),
  attempt_log: attempts.map(({ started_at: startedAt, ...one }) => ({
    ...one,
    started_at: startedAt.toISOString(),
  })),
});

const toIso = (time: Date | null): string | null => time?.toISOString() ?? null;
