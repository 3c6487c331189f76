import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DealtWith } from './dealt-with.ts';
import { isSettled, isWaiting } from './webhook-state.ts';

/**
 * Takes out the bodies of at most `most` webhooks of which nothing waits any more, the oldest first. Those that
 * could take effect after a replay, since nobody was linked or they could not be read, keep theirs.
 *
 * @param after only those behind this id, so that none is looked at again that has to stay.
 */
export async function redactWebhooks(
  db: Database,
  { most, after }: { readonly most: number; readonly after: string | null },
): Promise<DealtWith<string>> {
  const { rows } = await sql<{ id: string }>`
    with settled as materialized (
      select w.id from inbound_webhooks w
      where w.body is not null and w.outcome in ('accepted', 'no_effect') and ${isSettled} and not ${isWaiting}
        and ${after === null ? sql`true` : sql`w.id > ${after}::uuid`}
      order by w.id
      limit ${most}
      for no key update skip locked
    ), redacted as (
      update inbound_webhooks set body = null, body_sealed = false, redacted_at = now()
      where id = any(array(select id from settled))
    )
    select id from settled order by id`.execute(db);
  return { rows: rows.length, last: rows.at(-1)?.id ?? null };
}

/** Those of the sample of refused ones, which were kept by another setting. */
export async function redactRejected(db: Database): Promise<number> {
  const { numAffectedRows } = await sql`
    update rejected_webhooks set body = null, body_sealed = false where body is not null`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
