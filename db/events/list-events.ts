import type { EventType } from '../../config/event-type.ts';
import type { Database } from '../connect.ts';
import { happenedIn } from './happened-in.ts';
import { EVENT_COLUMNS, type EventRow } from './event-columns.ts';

export interface EventFilter {
  readonly limit: number;
  readonly accountId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly type?: EventType | undefined;
  /** ISO 8601 times: the first is included, the last is not. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly before?: string | undefined;
}

/** Events, newest first, before the one with the id `before`. */
export async function listEvents(db: Database, filter: EventFilter): Promise<EventRow[]> {
  const { accountId, connectionId, type, before } = filter;
  let query = db.selectFrom('events').where(happenedIn('events', filter));
  if (accountId !== undefined) query = query.where('account_id', '=', accountId);
  if (connectionId !== undefined) query = query.where('connection_id', '=', connectionId);
  if (type !== undefined) query = query.where('type', '=', type);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query.orderBy('id', 'desc').limit(filter.limit).select(EVENT_COLUMNS).execute();
}

export async function findEvent(db: Database, id: string): Promise<EventRow | undefined> {
  return await db
    .selectFrom('events')
    .where('id', '=', id)
    .select(EVENT_COLUMNS)
    .executeTakeFirst();
}
