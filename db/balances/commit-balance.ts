import { sql, type QueryCreator, type Transaction } from 'kysely';
import type { ProviderBalance } from '../../providers/provider.ts';
import type { SyncRunStart } from '../syncs/begin-sync-run.ts';
import type { Database } from '../connect.ts';
import { finishSyncRun, type SyncCounts } from '../syncs/finish-sync-run.ts';
import { openSyncCommit } from '../syncs/open-sync-commit.ts';
import type { Schema } from '../schema.ts';

export interface BalanceCommit {
  readonly syncRunId: string;
  readonly accountId: string;
  readonly balance: ProviderBalance;
  readonly source: 'fetch' | 'webhook';
  readonly webhookIds: readonly string[];
  readonly nextSyncAt: string | null;
  /** See `SyncRunEnd`. */
  readonly toldAt?: string | null;
  /** Of a sync that made no call, and so was not recorded as begun before. */
  readonly start?: SyncRunStart;
}

/**
 * Commits a sync of the balance: the row, its history, the record of the sync, freshness and
 * webhooks, in one transaction. An older balance than the stored one changes nothing; of two with
 * the same time, the one that was fetched wins, then the one that came last. A stored time that lies in
 * the future was a mistake: whatever is fetched wins over it.
 */
export async function commitBalance(db: Database, commit: BalanceCommit): Promise<SyncCounts> {
  const { accountId, syncRunId, balance, source } = commit;
  return await db.transaction().execute(async (trx) => {
    const earlier = await openSyncCommit(trx, accountId, syncRunId, commit.start);
    if (earlier) return earlier;

    const stored = await trx
      .selectFrom('balances')
      .where('account_id', '=', accountId)
      .select((eb) => [
        sql<boolean>`${balance.dataAsOf}::timestamptz > data_as_of
          or (${balance.dataAsOf}::timestamptz = data_as_of
            and (${source === 'fetch'} or source = 'webhook'))
          or (${source === 'fetch'} and data_as_of > now() + interval '10 minutes')`.as('newer'),
        eb
          .not(
            sql<boolean>`(available, current, credit_limit, currency) is not distinct from
              (${balance.available}::numeric, ${balance.current}::numeric, ${balance.limit}::numeric, ${balance.currency})`,
          )
          .as('differs'),
      ])
      .executeTakeFirst();

    const isChange = !stored || (stored.newer && stored.differs);
    const counts = {
      fetched: source === 'fetch' ? 1 : 0,
      added: stored ? 0 : 1,
      changed: stored && isChange ? 1 : 0,
      removed: 0,
    };
    const { dataAsOf } = balance;
    const end = { ...commit, product: 'balance', dataAsOf, counts } as const;
    if (isChange) await finishSyncRun(withNewBalance(trx, commit), end);
    else {
      if (stored.newer) await confirmBalance(trx, commit);
      await finishSyncRun(trx, end);
    }
    return counts;
  });
}

/** The beginning of a statement, whose rest is to follow: a sync is mostly waiting for round trips. */
function withNewBalance(trx: Transaction<Schema>, commit: BalanceCommit): QueryCreator<Schema> {
  const { accountId, syncRunId, balance, source } = commit;
  const values = {
    available: balance.available,
    current: balance.current,
    credit_limit: balance.limit,
    currency: balance.currency,
    data_as_of: balance.dataAsOf,
    sync_run_id: syncRunId,
  };
  const row = { ...values, source, raw: balance.raw };
  return trx
    .with('current', (trx) =>
      trx
        .insertInto('balances')
        .values({ account_id: accountId, ...row })
        .onConflict((conflict) =>
          conflict.column('account_id').doUpdateSet({ ...row, changed_at: sql<Date>`now()` }),
        ),
    )
    .with('history', (trx) =>
      trx.insertInto('balance_history').values({ account_id: accountId, ...values }),
    );
}

/** The bank says the same at a later time. */
async function confirmBalance(
  trx: Transaction<Schema>,
  { accountId, balance, source }: BalanceCommit,
): Promise<void> {
  await trx
    .updateTable('balances')
    .set({ data_as_of: balance.dataAsOf, source })
    .where('account_id', '=', accountId)
    .where((eb) =>
      eb.or([eb('data_as_of', '<', new Date(balance.dataAsOf)), eb('source', '!=', source)]),
    )
    .execute();
}
