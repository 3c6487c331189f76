import { sql } from 'kysely';
import type { Database } from './connect.ts';
import { noteLinked } from './note-linked.ts';
import type { AccountStatus, PauseReason } from './schema.ts';

export interface AccountStateRow {
  readonly accountId: string;
  readonly status: AccountStatus;
  readonly pauseReason: PauseReason | null;
  readonly settingsVersion: number;
  readonly nextSyncAt: string | null;
}

/**
 * Stores what the account's workflow says of itself. Does nothing for an account that is unlinked.
 */
export async function recordAccountState(db: Database, state: AccountStateRow): Promise<void> {
  await db
    .updateTable('accounts')
    .set({
      status: state.status,
      pause_reason: state.pauseReason,
      confirmed_settings_version: state.settingsVersion,
      next_sync_at: state.nextSyncAt,
      status_changed_at: sql<Date>`case
        when (status, pause_reason) is distinct from (${state.status}::text, ${state.pauseReason}::text) then now()
        else status_changed_at end`,
    })
    .where('id', '=', state.accountId)
    .where('unlinked_at', 'is', null)
    .execute();
  if (state.status !== 'scanning') await noteLinked(db, state.accountId);
}
