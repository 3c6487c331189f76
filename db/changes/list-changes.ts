import { sql } from 'kysely';
import { endOf, NIL, type ChangePlace } from './change-place.ts';
import type { Database } from '../connect.ts';
import { TRANSACTION_COLUMNS } from '../transactions/transaction-columns.ts';

/**
 * Syncs that one call looks at. Most of an old feed's syncs hold nothing any more, since their rows
 * have changed again.
 */
const MOST_SYNCS = 5_000;

export interface ChangesQuery {
  readonly after: ChangePlace;
  readonly limit: number;
  readonly accountId?: string | undefined;
}

export type ChangedBalance = Awaited<ReturnType<typeof changedBalances>>[number];
export type ChangedTransaction = Awaited<ReturnType<typeof changedTransactions>>[number];

export type ChangeItem =
  | { readonly type: 'balance'; readonly row: ChangedBalance }
  | { readonly type: 'transaction'; readonly row: ChangedTransaction };

export interface Changes {
  readonly items: readonly ChangeItem[];
  /** Where to go on. */
  readonly end: ChangePlace;
  /** Whether there may be more, now. There can be no items and yet more. */
  readonly more: boolean;
}

/**
 * The rows behind a place, by the position of the sync that changed each last, as far as positions
 * were given (`positionChanges`).
 *
 * A row that a later sync takes away while this reads is found at that sync's position, which is
 * behind everything that this can answer with: so no statement here needs the snapshot of another.
 */
export async function listChanges(db: Database, query: ChangesQuery): Promise<Changes> {
  const { after, limit } = query;
  const range = await rangeBehind(db, after);
  if (!range) return { items: [], end: after, more: false };
  const [balances, transactions] = await Promise.all([
    changedBalances(db, query, range.last),
    changedTransactions(db, query, range.last),
  ]);
  const items = inOrder(balances, transactions);
  const shown = items.slice(0, limit);
  const cut = shown.at(-1);
  return items.length > limit && cut
    ? { items: shown, end: placeOf(cut), more: true }
    : { items: shown, end: endOf(range.last), more: range.full };
}

/** Behind everything that has its place now. */
export async function endOfFeed(db: Database): Promise<ChangePlace> {
  const { last } = await db
    .selectFrom('sync_runs')
    .where('change_position', 'is not', null)
    .select((eb) => eb.fn.max<string | null>('change_position').as('last'))
    .executeTakeFirstOrThrow();
  return endOf(last ?? '0');
}

async function rangeBehind(
  db: Database,
  after: ChangePlace,
): Promise<{ last: string; full: boolean } | null> {
  const { last, syncs } = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('sync_runs')
        .where('change_position', '>=', firstPosition(after))
        .orderBy('change_position')
        .limit(MOST_SYNCS)
        .select('change_position')
        .as('run'),
    )
    .select((eb) => [
      eb.fn.max<string | null>('change_position').as('last'),
      eb.fn.countAll<string>().as('syncs'),
    ])
    .executeTakeFirstOrThrow();
  return last === null ? null : { last, full: Number(syncs) === MOST_SYNCS };
}

async function changedBalances(db: Database, { after, ...query }: ChangesQuery, last: string) {
  let rows = db
    .selectFrom('sync_runs as run')
    .innerJoin('balances as balance', (join) =>
      join
        .onRef('balance.account_id', '=', 'run.account_id')
        .onRef('balance.sync_run_id', '=', 'run.id'),
    )
    // It comes first within its sync, so a place in the sync is behind it.
    .where('run.change_position', '>', after.position)
    .where('run.change_position', '<=', last);
  if (query.accountId !== undefined) rows = rows.where('run.account_id', '=', query.accountId);
  return await rows
    .orderBy('run.change_position')
    .limit(query.limit + 1)
    .select([
      sql<string>`run.change_position`.as('position'),
      'run.id as sync_id',
      'balance.account_id',
      'balance.available',
      'balance.current',
      'balance.credit_limit',
      'balance.currency',
      'balance.data_as_of',
      'balance.changed_at',
    ])
    .execute();
}

async function changedTransactions(db: Database, { after, ...query }: ChangesQuery, last: string) {
  const seen = after.kind === 'transaction' ? after.id : NIL;
  let rows = db
    .selectFrom('sync_runs as run')
    // Bounds and order are those of the index (sync_run_id, id), so that it pages through a sync of
    // 200,000 rows. Were the sync given by `=`, the primary key would do for the order, and Postgres
    // would at times read the whole table by it to find that a sync holds nothing any more.
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('transactions')
          .where(
            sql<boolean>`(sync_run_id, transactions.id) > (run.id, case
              when run.change_position = ${after.position}::bigint then ${seen}::uuid
              else ${NIL}::uuid end)`,
          )
          .whereRef('sync_run_id', '<=', 'run.id')
          .orderBy('sync_run_id')
          .orderBy('transactions.id')
          .limit(query.limit + 1)
          .select(TRANSACTION_COLUMNS)
          .select(
            sql<'added' | 'changed' | 'removed'>`case
              when removed_at is not null then 'removed'
              when changed_at = first_seen_at then 'added'
              else 'changed' end`.as('change'),
          )
          .as('row'),
      (join) => join.onTrue(),
    )
    .where('run.change_position', '>=', firstPosition(after))
    .where('run.change_position', '<=', last);
  if (query.accountId !== undefined) rows = rows.where('run.account_id', '=', query.accountId);
  return await rows
    .orderBy('run.change_position')
    .orderBy('row.id')
    .limit(query.limit + 1)
    .selectAll('row')
    .select([sql<string>`run.change_position`.as('position'), 'run.id as sync_id'])
    .execute();
}

const firstPosition = (after: ChangePlace): string =>
  after.kind === 'end' ? String(BigInt(after.position) + 1n) : after.position;

function inOrder(
  balances: readonly ChangedBalance[],
  transactions: readonly ChangedTransaction[],
): ChangeItem[] {
  const items: ChangeItem[] = [
    ...balances.map((row) => ({ type: 'balance' as const, row })),
    ...transactions.map((row) => ({ type: 'transaction' as const, row })),
  ];
  // The sort is stable: within a sync, the balance stays first and the transactions stay by id.
  return items.sort((a, b) => {
    const difference = BigInt(a.row.position) - BigInt(b.row.position);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
}

function placeOf(item: ChangeItem): ChangePlace {
  return item.type === 'balance'
    ? { position: item.row.position, kind: 'balance', id: item.row.account_id }
    : { position: item.row.position, kind: 'transaction', id: item.row.id };
}
