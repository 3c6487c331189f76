import { sql } from 'kysely';
import type { Database } from '../connect.ts';

const BATCH = 500;

/**
 * Deletes the webhooks of the link sessions that made a connection, or renewed it: what they hold is of its customer.
 * One from which the session has yet to take something stays.
 */
export async function eraseLinkWebhooks(
  db: Database,
  connectionId: string,
  onBatch: () => void,
): Promise<void> {
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from inbound_webhooks where id = any(array(
        select webhook.webhook_id
        from link_sessions session
        join link_webhooks webhook
          on webhook.provider = session.provider and webhook.session_hash = session.session_hash
        where (session.connection_id = ${connectionId}::uuid or session.id in (
            select link_session_id from link_session_links where connection_id = ${connectionId}::uuid))
          and (webhook.applied_at is not null or session.status <> 'open')
          and not exists (select from webhook_effects e where e.webhook_id = webhook.webhook_id)
        limit ${BATCH}
      ))`.execute(db);
    if (numAffectedRows === 0n) return;
    onBatch();
  }
}
