import { z } from 'zod';
import type { RejectedWebhookListed } from '../../db/webhooks/list-rejected-webhooks.ts';
import { id, timestamp } from './common.ts';

export const rejectionReason = z.enum(['not_verified', 'sender_not_allowed', 'wrong_content_type']);

export const rejectedWebhook = z
  .object({
    id,
    provider: z.string(),
    reason: rejectionReason,
    sender: z.string().nullable().describe('The address that it came from; null: not known.'),
    content_type: z.string().nullable(),
    user_agent: z.string().nullable(),
    header_names: z.array(z.string()).describe('Their values may be secrets, and are not kept.'),
    body_bytes: z.int().describe('0 where it was refused before its body was read.'),
    received_at: timestamp,
    body: z
      .string()
      .nullable()
      .optional()
      .describe(
        'With include=body: its first 4,096 bytes as text; null where none was kept, or its key is gone.',
      ),
  })
  .meta({ ref: 'RejectedWebhook' });

/** `body`: undefined where it was not asked for. */
export function toRejectedWebhook(
  row: RejectedWebhookListed,
  body: Buffer | null | undefined,
): z.infer<typeof rejectedWebhook> {
  const { body: _sealed, body_sealed: _isSealed, received_at: receivedAt, ...rest } = row;
  return {
    ...rest,
    received_at: receivedAt.toISOString(),
    ...(body === undefined ? {} : { body: body?.toString('utf8') ?? null }),
  };
}
