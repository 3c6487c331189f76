import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { LinkSessionStatus } from '../schema.ts';

export interface LinkSessionFilter {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: LinkSessionStatus | undefined;
  readonly reference?: string | undefined;
}

export type LinkSessionRow = Awaited<ReturnType<typeof listLinkSessions>>[number];

const sessions = (db: Database) =>
  db
    .selectFrom('link_sessions')
    .select(['id', 'provider', 'connection_id', 'reference', 'status', 'status_code', 'secret'])
    .select(['expires_at', 'created_at', 'ended_at'])
    .select(
      sql<string[]>`array(
        select connection_id from link_session_links link
        where link.link_session_id = link_sessions.id and connection_id is not null
        group by connection_id order by min(created_at), connection_id)
        || case when status = 'finished' and connection_id is not null then array[connection_id] else '{}'::uuid[] end`.as(
        'connection_ids',
      ),
    );

/** Link sessions in the order in which they began, after the one with the id `after`. */
export async function listLinkSessions(db: Database, filter: LinkSessionFilter) {
  const { after, status, reference } = filter;
  return await sessions(db)
    .$if(after !== undefined, (query) => query.where('id', '>', after ?? ''))
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'open'))
    .$if(reference !== undefined, (query) => query.where('reference', '=', reference ?? ''))
    .orderBy('id')
    .limit(filter.limit)
    .execute();
}

export async function getLinkSession(
  db: Database,
  id: string,
): Promise<LinkSessionRow | undefined> {
  return await sessions(db).where('id', '=', id).executeTakeFirst();
}
