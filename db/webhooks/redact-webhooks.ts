import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { isWaiting } from './webhook-state.ts';

/**
 * Takes out the bodies of at most `most` webhooks of which nothing waits any more. Answers with how many.
 *
 * Those that came, or were replayed, within the last minute are left: what they have to do may have been
 * opened after this statement began, and these times are looked at again under the row's lock.
 *
 * One without a time of its bank's that comes again is to be looked at again, and its body is gone: so it is to be
 * stored as a new one, and the key is given up.
 */
export async function redactWebhooks(db: Database, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update inbound_webhooks set body = null, body_sealed = false, redacted_at = now(),
      dedupe_key = case when occurred_at is null then dedupe_key || ' ' || id else dedupe_key end
    where id = any(array(
      select w.id from inbound_webhooks w
      where w.body is not null and ${isSettled} and not ${isWaiting}
      order by w.id
      limit ${most}
      for no key update skip locked
    ))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

const isSettled = sql`w.received_at < now() - interval '1 minute'
  and (w.replayed_at is null or w.replayed_at < now() - interval '1 minute')`;

/** Those of the sample of refused ones, which were kept by another setting. */
export async function redactRejected(db: Database): Promise<number> {
  const { numAffectedRows } = await sql`
    update rejected_webhooks set body = null, body_sealed = false where body is not null`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
