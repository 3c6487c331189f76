import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { eventOfChange } from '../events/event-of-change.ts';
import { noteLinked } from '../connections/note-linked.ts';
import { recordEvent } from '../events/record-event.ts';
import type { AccountStatus, PauseReason } from '../schema.ts';

export interface AccountStateRow {
  readonly accountId: string;
  readonly status: AccountStatus;
  readonly pauseReason: PauseReason | null;
  readonly settingsVersion: number;
  readonly consentVersion: number;
  readonly nextSyncAt: string | null;
}

/**
 * Stores what the account's workflow says of itself, with the event that the change is. Said again, it
 * is no change. Does nothing for an account that is unlinked, or that nobody knows, and answers so: then
 * the workflow has nothing left to do.
 */
export async function recordAccountState(
  db: Database,
  state: AccountStateRow,
): Promise<'recorded' | 'unlinked'> {
  const { accountId, status, pauseReason } = state;
  const isLinked = await db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom('accounts')
      .where('id', '=', accountId)
      .where('unlinked_at', 'is', null)
      .select(['connection_id', 'status', 'pause_reason'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return false;
    const isSame = before.status === status && before.pause_reason === pauseReason;
    await trx
      .updateTable('accounts')
      .set({
        status,
        pause_reason: pauseReason,
        confirmed_settings_version: state.settingsVersion,
        confirmed_consent_version: state.consentVersion,
        next_sync_at: state.nextSyncAt,
        ...(isSame ? {} : { status_changed_at: sql<Date>`now()` }),
      })
      .where('id', '=', accountId)
      .execute();
    const event = eventOfChange({ status: before.status, pauseReason: before.pause_reason }, state);
    if (event) {
      await recordEvent(trx, { ...event, connectionId: before.connection_id, accountId });
    }
    return true;
  });
  if (!isLinked) return 'unlinked';
  if (status !== 'scanning') await noteLinked(db, accountId);
  return 'recorded';
}
