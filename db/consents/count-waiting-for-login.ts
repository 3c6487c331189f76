import type { Database } from '../connect.ts';

/** How many linked accounts of a connection have not recorded yet that they no longer wait for a log-in. */
export async function countWaitingForLogin(db: Database, connectionId: string): Promise<number> {
  const { count } = await db
    .selectFrom('accounts')
    .where('connection_id', '=', connectionId)
    .where('unlinked_at', 'is', null)
    .where('pause_reason', '=', 'reauth_required')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
