import { sql, type RawBuilder } from 'kysely';

/**
 * A time with its microseconds, which a `Date` would lose, whatever the session's zone and style:
 * for the place where a list goes on.
 */
export function exactTime(column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
