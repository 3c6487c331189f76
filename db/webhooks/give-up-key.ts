import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/**
 * Has the stored webhook of this key, to which its bank gave no time, give it up, so that the same words can be stored
 * as a new one: without a time they may tell of another event, and whoever has read the bank since has not read that.
 */
export async function giveUpKey(
  db: Database,
  { provider, dedupeKey }: { readonly provider: string; readonly dedupeKey: string },
): Promise<void> {
  await db
    .updateTable('inbound_webhooks')
    .set({ dedupe_key: sql<string>`dedupe_key || ' ' || id` })
    .where('provider', '=', provider)
    .where('dedupe_key', '=', dedupeKey)
    .where('occurred_at', 'is', null)
    .execute();
}
