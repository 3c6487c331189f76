import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DealtWith } from './dealt-with.ts';
import { isSettled, isWaiting } from './webhook-state.ts';

/** Of a row in the order of time; the time as Postgres writes it, which is more exact than a `Date`. */
export interface AgeKey {
  readonly receivedAt: string;
  readonly id: string;
}

export interface OldWebhooks {
  readonly days: number;
  readonly most: number;
  /** Only those behind this one, so that none is looked at again that has to stay. */
  readonly after: AgeKey | null;
}

/**
 * Deletes at most `most` of the webhooks that came more than `days` days ago, the oldest first; never one of which
 * something may still take effect.
 */
export async function deleteOldWebhooks(
  db: Database,
  { days, most, after }: OldWebhooks,
): Promise<DealtWith<AgeKey>> {
  const { rows } = await sql<AgeKey>`
    with old as materialized (
      select w.id, w.received_at from inbound_webhooks w
      where w.received_at < now() - ${days} * interval '1 day' and ${isSettled} and not ${isWaiting}
        and ${after ? sql`(w.received_at, w.id) > (${after.receivedAt}::timestamptz, ${after.id}::uuid)` : sql`true`}
      order by w.received_at, w.id
      limit ${most}
      for update skip locked
    ), deleted as (
      delete from inbound_webhooks where id = any(array(select id from old))
    )
    select id, received_at::text as "receivedAt" from old order by received_at, id`.execute(db);
  return { rows: rows.length, last: rows.at(-1) ?? null };
}

/** The same, of the sample of those that were refused: they are few. Answers with how many. */
export async function deleteOldRejected(db: Database, days: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from rejected_webhooks where received_at < now() - ${days} * interval '1 day'`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
