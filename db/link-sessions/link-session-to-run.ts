import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** A link session whose workflow is to be started, or told. */
export interface LinkSessionToRun {
  readonly id: string;
  readonly provider: string;
}

/** The sessions of a provider that a webhook names. */
export async function linkSessionsNamed(
  db: Database,
  provider: string,
  hashes: readonly Buffer[],
): Promise<LinkSessionToRun[]> {
  return await db
    .selectFrom('link_sessions')
    .where('provider', '=', provider)
    .where(sql<boolean>`session_hash = any(${[...hashes]}::bytea[])`)
    .select(['id', 'provider'])
    .execute();
}
