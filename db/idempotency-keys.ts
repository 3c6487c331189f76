import { sql } from 'kysely';
import type { Database } from './connect.ts';

export interface IdempotentCall {
  readonly apiKeyId: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

export type Claim =
  | { readonly state: 'mine' }
  /** Another call with the key is under way. */
  | { readonly state: 'running' }
  /** The key was used for another request. */
  | { readonly state: 'mismatch' }
  | { readonly state: 'answered'; readonly status: number; readonly body: string };

/** A call that has not answered for this long has died: its key is free again. */
const GIVEN_UP = sql<Date>`now() - interval '2 minutes'`;

/** Claims a key for a call; of calls at the same moment one gets it. */
export async function claimIdempotencyKey(db: Database, call: IdempotentCall): Promise<Claim> {
  await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', sql<Date>`now() - interval '1 day'`)
    .execute();
  const claimed = await db
    .insertInto('idempotency_keys')
    .values({ api_key_id: call.apiKeyId, key: call.key, request_hash: call.requestHash })
    .onConflict((conflict) =>
      conflict
        .columns(['api_key_id', 'key'])
        .doUpdateSet({ created_at: sql<Date>`now()` })
        .where('idempotency_keys.response_status', 'is', null)
        .where('idempotency_keys.created_at', '<', GIVEN_UP)
        .where('idempotency_keys.request_hash', '=', call.requestHash),
    )
    .returning('key')
    .executeTakeFirst();
  if (claimed) return { state: 'mine' };
  const earlier = await db
    .selectFrom('idempotency_keys')
    .where('api_key_id', '=', call.apiKeyId)
    .where('key', '=', call.key)
    .select(['request_hash', 'response_status', 'response_body'])
    .executeTakeFirst();
  if (!earlier) return { state: 'running' };
  if (!earlier.request_hash.equals(call.requestHash)) return { state: 'mismatch' };
  const { response_status: status, response_body: body } = earlier;
  return status === null ? { state: 'running' } : { state: 'answered', status, body: body ?? '' };
}

/** Keeps the answer for calls that repeat it. */
export async function keepAnswer(
  db: Database,
  call: IdempotentCall,
  answer: { readonly status: number; readonly body: string },
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ response_status: answer.status, response_body: answer.body })
    .where('api_key_id', '=', call.apiKeyId)
    .where('key', '=', call.key)
    .execute();
}

/** Gives a key back: the call came to nothing and may be tried again. */
export async function releaseIdempotencyKey(db: Database, call: IdempotentCall): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('api_key_id', '=', call.apiKeyId)
    .where('key', '=', call.key)
    .where('response_status', 'is', null)
    .execute();
}
