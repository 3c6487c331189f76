import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DealtWith } from '../webhooks/dealt-with.ts';
import type { LinkSessionToRun } from './link-session-to-run.ts';

/** The most that one round takes of each kind. */
const MOST = 500;

/** Open sessions: each is to have a workflow, which ends it in time. */
export async function openLinkSessions(db: Database): Promise<LinkSessionToRun[]> {
  return await db
    .selectFrom('link_sessions')
    .where('status', '=', 'open')
    .where('created_at', '<', sql<Date>`now() - interval '5 seconds'`)
    // Else they would be the same ones in each round.
    .orderBy(sql`random()`)
    .limit(MOST)
    .select(['id', 'provider'])
    .execute();
}

/** Sessions of which webhooks wait that their workflow was not told of, or minutes ago to no effect; marked as told. */
export async function untoldLinkSessions(db: Database): Promise<LinkSessionToRun[]> {
  const { rows } = await sql<LinkSessionToRun>`
    with waiting as materialized (
      select w.webhook_id, w.session_hash, s.id, s.provider
      from link_webhooks w
      join link_sessions s on s.provider = w.provider and s.session_hash = w.session_hash
      join inbound_webhooks i on i.id = w.webhook_id
      where w.applied_at is null
        and greatest(i.received_at, coalesce(i.replayed_at, i.received_at)) < now() - interval '5 seconds'
        and (w.tried_at is null or w.tried_at < now() - interval '5 minutes')
      order by w.webhook_id
      limit ${MOST}
    ), tried as (
      update link_webhooks set tried_at = now() from waiting
      where link_webhooks.webhook_id = waiting.webhook_id
        and link_webhooks.session_hash = waiting.session_hash
    )
    select distinct id, provider from waiting`.execute(db);
  return rows;
}

/** Deletes at most `most` of the sessions that ended more than `days` days ago. */
export async function deleteOldLinkSessions(
  db: Database,
  { days, most }: { readonly days: number; readonly most: number },
): Promise<DealtWith<string>> {
  const { rows } = await sql<{ id: string }>`
    delete from link_sessions where id = any(array(
      select id from link_sessions
      where status <> 'open' and ended_at < now() - ${days} * interval '1 day'
      order by ended_at limit ${most}
    )) returning id`.execute(db);
  return { rows: rows.length, last: rows.at(-1)?.id ?? null };
}
