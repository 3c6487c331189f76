import type { Database } from '../../../db/connect.ts';
import { noteNudges } from '../../../db/accounts/note-nudges.ts';
import type { Round } from './repair.ts';

/**
 * Has the workflow of each account be told something, and notes it, so that the next round begins with
 * others. Answers with how many were told; `tell` can answer false for one that does not count.
 */
export async function nudge<T extends { readonly id: string }>(
  db: Database,
  round: Round,
  accounts: readonly T[],
  tell: (account: T) => Promise<unknown>,
): Promise<number> {
  const tried: string[] = [];
  const told: string[] = [];
  try {
    return await round.each(accounts, async (account) => {
      tried.push(account.id);
      const answer = await tell(account);
      told.push(account.id);
      return answer;
    });
  } finally {
    await noteNudges(db, { tried, told });
  }
}
