import { sql, type Transaction } from 'kysely';
import type { CalendarDate, JsonValue, RejectedItem, Timestamp } from '../../providers/provider.ts';
import { checkStage } from './check-stage.ts';
import type { Database } from '../connect.ts';
import { finishSyncRun, type SyncCounts } from '../syncs/finish-sync-run.ts';
import { matchByLikeness, matchByProvider } from './match-pending.ts';
import { openSyncCommit } from '../syncs/open-sync-commit.ts';
import { quarantineItems, releaseAbsent, releaseTaken } from '../syncs/quarantine-items.ts';
import { markRemoved, removeAbsent, type Removal } from './remove-transactions.ts';
import type { Schema } from '../schema.ts';
import { StageLost } from './stage-lost.ts';
import { takeStage } from './take-stage.ts';

export interface TransactionsCommit {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly stageId: string;
  /** How many rows were staged: fewer found means that the server lost them in a crash. */
  readonly staged: number;
  /** What the bank sent and could not be taken. */
  readonly rejected: readonly RejectedItem[];
  /** Told by webhooks or pages to be gone, in the order of the bank's time. */
  readonly removals: readonly Removal[];
  /** The dates for which the stage holds everything there is; null when it proves no absence. */
  readonly complete: {
    readonly from: CalendarDate | null;
    readonly to: CalendarDate | null;
  } | null;
  /**
   * The bank's time of the read that `complete` tells of, else of the sync's oldest read; null when
   * nothing was read.
   */
  readonly readAsOf: Timestamp | null;
  readonly dataAsOf: Timestamp;
  /** Null leaves the cursor where it is. */
  readonly cursor: { readonly value: JsonValue; readonly full: boolean } | null;
  readonly webhookIds: readonly string[];
  readonly nextSyncAt: string | null;
  /** See `SyncRunEnd`. */
  readonly toldAt?: string | null;
  readonly preparing?: boolean;
}

export { StageLost };

/**
 * Commits a sync of transactions in one transaction: rows, removals, history, quarantine, cursor, the
 * record of the sync, freshness and webhooks. A row changes only where its content does, and never to
 * an older version. Throws `StageLost` or `SyncRefused`.
 */
export async function commitTransactions(
  db: Database,
  commit: TransactionsCommit,
): Promise<SyncCounts> {
  const { accountId, syncRunId, stageId, readAsOf } = commit;
  return await db.transaction().execute(async (trx) => {
    const earlier = await openSyncCommit(trx, accountId, syncRunId);
    if (earlier) return earlier;

    await refuseOverdue(trx, commit);
    const { staged, rejected: ambiguous } = await checkStage(trx, stageId);
    if (staged !== commit.staged) throw new StageLost(`${staged} of ${commit.staged} rows staged`);
    const rejected = [...commit.rejected, ...ambiguous];
    const complete = provenBy(commit, rejected);

    let takenOver = await matchByProvider(trx, commit);
    let removed = await markRemoved(trx, commit, commit.removals);
    takenOver += await matchByLikeness(trx, { ...commit, complete, rejected });
    const { added, changed: differing } = await takeStage(trx, commit);
    if (complete && readAsOf) {
      const ids = rejected.map(({ providerId }) => providerId).filter((id) => id !== null);
      removed += await removeAbsent(trx, { ...commit, complete, readAsOf, rejected: ids });
    }
    // One that took over another's row and differs from it in nothing else has changed, too.
    const changed = takenOver > 0 ? (await standingAfter(trx, syncRunId)) - added : differing;
    await releaseTaken(trx, accountId, stageId);
    const by = { accountId, syncRunId, product: 'transaction' } as const;
    await quarantineItems(trx, by, rejected);
    const { complete: read } = commit;
    if (read && read.from === null && read.to === null) await releaseAbsent(trx, by);
    await trx.deleteFrom('transaction_stage').where('stage_id', '=', stageId).execute();
    if (commit.cursor) await moveCursor(trx, accountId, commit.cursor);

    const quarantined = rejected.length;
    const counts = { fetched: staged + commit.rejected.length, added, changed, removed };
    await finishSyncRun(trx, { ...commit, product: 'transaction', counts, quarantined });
    return counts;
  });
}

/** Another attempt has begun since this one did: what this one read may be older than what is kept. */
async function refuseOverdue(
  trx: Transaction<Schema>,
  { accountId, stageId }: TransactionsCommit,
): Promise<void> {
  const { stage_id: newest } = await trx
    .selectFrom('accounts')
    .where('id', '=', accountId)
    .select('stage_id')
    .executeTakeFirstOrThrow();
  if (newest !== null && newest !== stageId) throw new StageLost('another attempt has begun');
}

/** How many rows this sync has touched and left standing. One told removed may have been taken over. */
async function standingAfter(trx: Transaction<Schema>, syncRunId: string): Promise<number> {
  const { n } = await trx
    .selectFrom('transactions')
    .where('sync_run_id', '=', syncRunId)
    .where('removed_at', 'is', null)
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** An item without an id may be any of those that seem to be absent. */
function provenBy(
  { complete }: TransactionsCommit,
  rejected: readonly RejectedItem[],
): TransactionsCommit['complete'] {
  return rejected.some(({ providerId }) => providerId === null) ? null : complete;
}

async function moveCursor(
  trx: Transaction<Schema>,
  accountId: string,
  cursor: { readonly value: JsonValue; readonly full: boolean },
): Promise<void> {
  const value = JSON.stringify(cursor.value);
  await sql`
    insert into sync_cursors (account_id, product, cursor, full_at)
    values (${accountId}, 'transaction', ${value}::jsonb, now())
    on conflict (account_id, product) do update set cursor = excluded.cursor, updated_at = now(),
      full_at = case when ${cursor.full} then now() else sync_cursors.full_at end`.execute(trx);
}
