import type { Database } from '../connect.ts';
import { uuid7 } from '../uuid7.ts';
import type { CallSubject } from './call-subject.ts';

/** Stores that a call was made which the provider charges for. */
export async function storePaidCall(
  db: Database,
  call: string,
  { provider, connectionId, accountId, syncRunId }: CallSubject,
): Promise<void> {
  await db
    .insertInto('paid_calls')
    .values({
      id: uuid7(),
      provider,
      call,
      connection_id: connectionId,
      account_id: accountId ?? null,
      sync_run_id: syncRunId ?? null,
    })
    .execute();
}
