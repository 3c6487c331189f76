import type { EventType } from '../../config/event-type.ts';
import type { Database } from '../connect.ts';

export type EventRow = Awaited<ReturnType<typeof listEvents>>[number];

export interface EventFilter {
  readonly limit: number;
  readonly accountId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly type?: EventType | undefined;
  readonly before?: string | undefined;
}

/** Events, newest first, before the one with the id `before`. */
export async function listEvents(db: Database, filter: EventFilter) {
  const { accountId, connectionId, type, before } = filter;
  let query = db.selectFrom('events');
  if (accountId !== undefined) query = query.where('account_id', '=', accountId);
  if (connectionId !== undefined) query = query.where('connection_id', '=', connectionId);
  if (type !== undefined) query = query.where('type', '=', type);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .select(['id', 'type', 'connection_id', 'account_id', 'data', 'created_at'])
    .execute();
}
