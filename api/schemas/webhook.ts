import { z } from 'zod';
import type { WebhookEffectRow, WebhookLifeRow } from '../../db/webhooks/find-webhook.ts';
import type { WebhookRow } from '../../db/webhooks/list-webhooks.ts';
import { EFFECT_STATES, WEBHOOK_STATES } from '../../db/webhooks/webhook-state.ts';
import { id, timestamp } from './common.ts';
import { WHY_NOT_YET, whyNotYet } from './why-not-yet.ts';

export const webhookState = z
  .enum(WEBHOOK_STATES)
  .describe(
    'waiting: its accounts’ workflows are still to be told. signalled: told, a sync is to follow. applied. dropped: the accounts are unlinked, or the products not kept any more. unmatched: it names no account here. no_effect: of a kind that changes nothing. unreadable.',
  );

const shared = {
  id: id,
  provider: z.string(),
  type: z.string().describe('The provider’s name for it.'),
  state: webhookState,
  understood: z
    .boolean()
    .describe('False: its kind or content is not known; what it names is read in full instead.'),
  provider_connection_id: z.string().nullable(),
  provider_account_id: z.string().nullable(),
  occurred_at: timestamp.nullable().describe('The bank’s own time, where it gives one.'),
  received_at: timestamp,
  bytes: z.int().describe('The size of its body.'),
  replays: z.int(),
  replayed_at: timestamp.nullable(),
  redacted_at: timestamp.nullable().describe('When its body was taken out.'),
};

export const webhook = z
  .object({
    ...shared,
    account_ids: z.array(id).describe('The accounts for which it has something to do.'),
  })
  .meta({ ref: 'Webhook' });

const effect = z
  .object({
    account_id: id,
    product: z.enum(['balance', 'transaction', 'connection']),
    state: z.enum(EFFECT_STATES),
    why_not_yet: z.enum(WHY_NOT_YET).nullable().describe('Null once it is applied.'),
    tried_at: timestamp.nullable().describe('When it was last tried to tell the workflow.'),
    signalled_at: timestamp.nullable().describe('When the workflow was told.'),
    applied_at: timestamp.nullable(),
    sync: z
      .object({
        id: id,
        status: z.enum(['running', 'succeeded', 'failed']),
        started_at: timestamp,
        finished_at: timestamp.nullable(),
        error_code: z.string().nullable(),
      })
      .nullable()
      .describe('The sync that applied it; before that, one that is under way or failed.'),
  })
  .meta({ ref: 'WebhookEffect' });

export const webhookBody = z
  .object({
    content: z.string().nullable(),
    encoding: z.enum(['utf-8', 'base64']).nullable(),
    missing: z
      .enum(['redacted', 'key_missing'])
      .nullable()
      .describe('Why there is no content: taken out, or sealed with a key that is not there.'),
  })
  .describe('Only with include=body.');

export const webhookLife = z
  .object({
    ...shared,
    verified: z.literal(true).describe('What is not is never stored here.'),
    dedupe_key: z.string(),
    outcome: z.enum(['accepted', 'unmatched', 'no_effect', 'unreadable']),
    effects: z.array(effect),
    body: webhookBody.optional(),
  })
  .meta({ ref: 'WebhookLife' });

export function toWebhook(row: WebhookRow): z.infer<typeof webhook> {
  return { ...withTimes(row), account_ids: row.account_ids };
}

export function toWebhookLife({ effects, ...row }: WebhookLifeRow): z.infer<typeof webhookLife> {
  const { dedupe_key, outcome } = row;
  return { ...withTimes(row), verified: true, dedupe_key, outcome, effects: effects.map(toEffect) };
}

function withTimes(row: Omit<WebhookRow, 'position' | 'account_ids'>) {
  return {
    id: row.id,
    provider: row.provider,
    type: row.type,
    state: row.state,
    understood: row.understood,
    provider_connection_id: row.provider_connection_id,
    provider_account_id: row.provider_account_id,
    occurred_at: row.occurred_at?.toISOString() ?? null,
    received_at: row.received_at.toISOString(),
    bytes: row.body_bytes,
    replays: row.replays,
    replayed_at: row.replayed_at?.toISOString() ?? null,
    redacted_at: row.redacted_at?.toISOString() ?? null,
  };
}

function toEffect(row: WebhookEffectRow): z.infer<typeof effect> {
  return {
    account_id: row.account_id,
    product: row.product,
    state: row.state,
    why_not_yet: whyNotYet(row),
    tried_at: row.tried_at?.toISOString() ?? null,
    signalled_at: row.signalled_at?.toISOString() ?? null,
    applied_at: row.applied_at?.toISOString() ?? null,
    sync: toSync(row),
  };
}

/** One that succeeded before is no sync of this webhook. */
function toSync(row: WebhookEffectRow): z.infer<typeof effect>['sync'] {
  const { sync_id: syncId, sync_status: status, sync_started_at: startedAt } = row;
  if (syncId === null || status === null || startedAt === null) return null;
  if (row.state === 'dropped' || (row.applied_at === null && status === 'succeeded')) return null;
  return {
    id: syncId,
    status,
    started_at: startedAt.toISOString(),
    finished_at: row.sync_finished_at?.toISOString() ?? null,
    error_code: row.sync_error_code,
  };
}
