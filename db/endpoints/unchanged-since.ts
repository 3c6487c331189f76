import { sql, type RawBuilder } from 'kysely';

/**
 * Whether the operator has not changed an endpoint since it was read.
 * @param updatedAt as it was then: JavaScript knows it to the millisecond.
 */
export const isUnchangedSince = (updatedAt: Date): RawBuilder<boolean> =>
  sql<boolean>`date_trunc('milliseconds', webhook_endpoints.updated_at) = ${updatedAt}::timestamptz`;
