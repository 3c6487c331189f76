import type { WebhookEffectRow } from '../../db/webhooks/find-webhook.ts';

/** Why something that a webhook has to do has not been done, the most telling first. */
export const WHY_NOT_YET = [
  'account_unlinked',
  'product_not_kept',
  'account_paused',
  'waiting_for_reauthorization',
  'provider_error',
  'signal_failed',
  'not_signalled',
  'sync_under_way',
  'sync_failed',
  'sync_to_come',
] as const;
export type WhyNotYet = (typeof WHY_NOT_YET)[number];

const PAUSED = {
  user: 'account_paused',
  reauth_required: 'waiting_for_reauthorization',
  provider_error: 'provider_error',
} as const;

/** Null where it has been done. */
export function whyNotYet(row: WebhookEffectRow): WhyNotYet | null {
  if (row.state === 'applied') return null;
  if (row.state === 'dropped') return row.unlinked_at ? 'account_unlinked' : 'product_not_kept';
  // What a webhook says of the consent is read in every state.
  if (row.product !== 'connection' && row.pause_reason) return PAUSED[row.pause_reason];
  if (row.state === 'waiting') return row.tried_at ? 'signal_failed' : 'not_signalled';
  if (row.sync_status === 'running') return 'sync_under_way';
  return row.sync_status === 'failed' ? 'sync_failed' : 'sync_to_come';
}
