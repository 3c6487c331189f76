import type { Database } from '../connect.ts';
import type { PendingWebhook } from '../webhooks/pending-webhooks.ts';

/** The most that are read at a time. */
const MOST = 100;

/** The stored webhooks of a session of which it has not taken what they say, in the order in which they came. */
export async function pendingLinkWebhooks(
  db: Database,
  session: { readonly provider: string; readonly session_hash: Buffer },
): Promise<PendingWebhook[]> {
  return await db
    .selectFrom('link_webhooks')
    .innerJoin('inbound_webhooks', 'inbound_webhooks.id', 'link_webhooks.webhook_id')
    .where('link_webhooks.provider', '=', session.provider)
    .where('link_webhooks.session_hash', '=', session.session_hash)
    .where('link_webhooks.applied_at', 'is', null)
    .orderBy('inbound_webhooks.id')
    .limit(MOST)
    .select([
      'inbound_webhooks.id',
      'inbound_webhooks.body',
      'inbound_webhooks.body_sealed',
      'inbound_webhooks.received_at as receivedAt',
    ])
    .execute();
}
