import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { AccountStatus, PauseReason } from '../schema.ts';

export interface AccountCounts {
  /** How many linked accounts there are of each kind; `pause_reason` is `none` where not paused. */
  readonly accounts: readonly {
    readonly provider: string;
    readonly status: AccountStatus;
    readonly pause_reason: PauseReason | 'none';
    readonly count: number;
  }[];
  readonly stale: number;
  /** What webhooks have yet to do, but for paused accounts and products that are off. */
  readonly webhooksWaiting: number;
}

/** Counts the linked accounts, in one pass over them, and the webhooks that wait. */
export async function countAccounts(db: Database): Promise<AccountCounts> {
  const rows = await db
    .selectFrom('accounts')
    .where('unlinked_at', 'is', null)
    .groupBy(['provider', 'status', 'pause_reason'])
    .select((eb) => [
      'provider',
      'status',
      'pause_reason',
      eb.fn.countAll<string>().as('count'),
      eb.fn.count<string>('stale_since').as('stale'),
    ])
    .execute();
  const waiting = await db
    .selectFrom('webhook_effects')
    .innerJoin('accounts', 'accounts.id', 'webhook_effects.account_id')
    .where('webhook_effects.applied_at', 'is', null)
    .where('accounts.unlinked_at', 'is', null)
    .where('accounts.status', '!=', 'paused')
    .where(sql<boolean>`webhook_effects.product = any(accounts.products || 'connection'::text)`)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return {
    accounts: rows.map(({ provider, status, pause_reason: reason, count }) => ({
      provider,
      status,
      pause_reason: reason ?? 'none',
      count: Number(count),
    })),
    stale: rows.reduce((total, row) => total + Number(row.stale), 0),
    webhooksWaiting: Number(waiting.count),
  };
}
