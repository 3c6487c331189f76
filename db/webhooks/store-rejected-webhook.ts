import { sql, type Insertable } from 'kysely';
import type { Database } from '../connect.ts';
import type { RejectedWebhooksTable } from '../schema.ts';

export type RejectedWebhookRow = Insertable<RejectedWebhooksTable>;

/** Per provider and reason. */
export const MOST_REJECTED = 100;

/** Keeps a sample of a request that was refused, and of those of its provider and reason the newest hundred. */
export async function storeRejectedWebhook(db: Database, row: RejectedWebhookRow): Promise<void> {
  await db.insertInto('rejected_webhooks').values(row).execute();
  const { provider, reason } = row;
  await sql`
    delete from rejected_webhooks where id = any(array(
      select id from rejected_webhooks where provider = ${provider} and reason = ${reason}
      order by id desc offset ${MOST_REJECTED}
    ))`.execute(db);
}
