import { sql } from 'kysely';
import { INTERVAL_MS } from '../../config/interval.ts';
import type { Database } from '../../db/connect.ts';
import { nextSlot } from '../../workflows/schedule.ts';
import type { LinkedAccount } from '../support/link-bench-accounts.ts';

export interface Lateness {
  /** How long after its slot each scheduled refresh began, in milliseconds. */
  readonly lateness: readonly number[];
  /** Slots that no refresh belongs to. */
  readonly missed: number;
}

/** A refresh belongs to the last slot of its account's grid before it. */
interface Slot {
  readonly accountId: string;
  readonly at: number;
}

/**
 * Holds what began against the schedule's own grid, for the slots that lie between `from` and `to`.
 * @param graceMs how long after its slot a refresh may begin and still be seen.
 */
export async function latenessOf(
  db: Database,
  linked: readonly LinkedAccount[],
  { from, to, graceMs }: { readonly from: Date; readonly to: Date; readonly graceMs: number },
): Promise<Lateness> {
  const intervalOf = new Map(
    linked.map(({ account }) => [account.id, INTERVAL_MS[account.effective_interval ?? 'daily']]),
  );
  const last = to.getTime() - graceMs;
  const slots = [...intervalOf].flatMap(([id, ms]) => slotsOf(id, ms, from.getTime(), last));
  const runs = await db
    .selectFrom('sync_runs')
    .where('started_at', '>=', from)
    .where('started_at', '<', to)
    .where('product', '=', 'balance')
    .where(sql<boolean>`'schedule' = any(triggers)`)
    .orderBy('started_at')
    .select(['account_id', 'started_at'])
    .execute();
  const begun = new Map<string, number>();
  for (const { account_id: id, started_at: at } of runs) {
    const interval = intervalOf.get(id) ?? Number.NaN;
    const key = keyOf({ accountId: id, at: nextSlot(id, interval, at.getTime()) - interval });
    if (!begun.has(key)) begun.set(key, at.getTime());
  }
  const found = slots.map((slot) => ({ slot, at: begun.get(keyOf(slot)) }));
  const lateness = found.flatMap(({ slot, at }) => (at === undefined ? [] : [at - slot.at]));
  return { lateness, missed: found.length - lateness.length };
}

function slotsOf(accountId: string, intervalMs: number, from: number, to: number): Slot[] {
  const slots: Slot[] = [];
  for (let at = nextSlot(accountId, intervalMs, from); at < to; at += intervalMs) {
    slots.push({ accountId, at });
  }
  return slots;
}

const keyOf = ({ accountId, at }: Slot): string => `${accountId} ${at}`;
