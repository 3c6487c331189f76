import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { isWaiting } from './webhook-state.ts';

/**
 * Deletes at most `most` of the webhooks that came more than `days` days ago, the oldest first; never one of which
 * something may still take effect. Answers with how many.
 */
export async function deleteOldWebhooks(db: Database, days: number, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from inbound_webhooks where id = any(array(
      select w.id from inbound_webhooks w
      where w.received_at < now() - ${days} * interval '1 day' and not ${isWaiting}
      order by w.received_at, w.id
      limit ${most}
      for update skip locked
    ))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** The same, of the sample of those that were refused. */
export async function deleteOldRejected(db: Database, days: number, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from rejected_webhooks where id = any(array(
      select id from rejected_webhooks
      where received_at < now() - ${days} * interval '1 day' limit ${most}
    ))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
