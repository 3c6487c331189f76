import { sql, type Transaction } from 'kysely';
import type { Schema } from '../schema.ts';

/** A webhook that tells of link sessions. */
export interface LinkWebhook {
  readonly id: string;
  readonly provider: string;
  /** Hashes of what it names them by. */
  readonly linkSessions?: readonly Buffer[];
}

/**
 * Notes of which link sessions a stored webhook tells, whether they are there or not: a session finds what
 * came before it. Noted again, it is to be taken up again. Answers whether one of them is there.
 */
export async function noteLinkWebhook(
  trx: Transaction<Schema>,
  { id, provider, linkSessions: hashes = [] }: LinkWebhook,
): Promise<boolean> {
  if (hashes.length === 0) return false;
  await trx
    .insertInto('link_webhooks')
    .values(hashes.map((hash) => ({ webhook_id: id, provider, session_hash: hash })))
    .onConflict((conflict) =>
      conflict
        .columns(['webhook_id', 'session_hash'])
        .doUpdateSet({ applied_at: null, tried_at: null }),
    )
    .execute();
  const found = await trx
    .selectFrom('link_sessions')
    .where('provider', '=', provider)
    .where(sql<boolean>`session_hash = any(${[...hashes]}::bytea[])`)
    .select('id')
    .executeTakeFirst();
  return found !== undefined;
}
