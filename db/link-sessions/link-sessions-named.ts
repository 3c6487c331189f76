import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { LinkSessionToRun } from './link-session-to-run.ts';

/** Of the sessions of a provider that a webhook names by these hashes, those of which something waits. */
export async function linkSessionsNamed(
  db: Database,
  provider: string,
  hashes: readonly Buffer[],
): Promise<LinkSessionToRun[]> {
  return await db
    .selectFrom('link_sessions')
    .where('provider', '=', provider)
    .where(sql<boolean>`session_hash = any(${[...hashes]}::bytea[])`)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('link_webhooks')
          .whereRef('link_webhooks.provider', '=', 'link_sessions.provider')
          .whereRef('link_webhooks.session_hash', '=', 'link_sessions.session_hash')
          .where('link_webhooks.applied_at', 'is', null)
          .select('link_webhooks.webhook_id'),
      ),
    )
    .select(['id', 'provider'])
    .execute();
}
