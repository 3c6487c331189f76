import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** Notes which accounts' workflows the reconciler has tried to tell something, and which it has told. */
export async function noteNudges(
  db: Database,
  { tried, told }: { readonly tried: readonly string[]; readonly told: readonly string[] },
): Promise<void> {
  if (tried.length === 0) return;
  await sql`
    update accounts set nudge_tried_at = now(),
      nudged_at = case when id = any(${[...told]}::uuid[]) then now() else nudged_at end
    where id = any(${[...tried]}::uuid[])`.execute(db);
}
