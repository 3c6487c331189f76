import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { LinkSessionToRun } from './link-session-to-run.ts';

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
