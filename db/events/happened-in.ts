import { sql, type RawBuilder } from 'kysely';
import { lowestUuid7 } from '../uuid7.ts';

export interface TimeRange {
  /** Included. An ISO 8601 time. */
  readonly since?: string | undefined;
  /** Not included. */
  readonly until?: string | undefined;
}

/** An id is made a moment before or after the time that is noted of its event. */
const SLACK_MS = 1_000;

/** Whether an event is of this time, found by its id, which begins with the time. */
export function happenedIn(table: string, { since, until }: TimeRange): RawBuilder<boolean> {
  const [id, createdAt] = [sql.ref(`${table}.id`), sql.ref(`${table}.created_at`)];
  const conditions = [sql`true`];
  if (since !== undefined) {
    conditions.push(sql`${id} >= ${lowestUuid7(Date.parse(since) - SLACK_MS)}::uuid
      and ${createdAt} >= ${since}::timestamptz`);
  }
  if (until !== undefined) {
    conditions.push(sql`${id} < ${lowestUuid7(Date.parse(until) + SLACK_MS)}::uuid
      and ${createdAt} < ${until}::timestamptz`);
  }
  return sql`(${sql.join(conditions, sql` and `)})`;
}
