import { sql } from 'kysely';
import { startOf, type ChangePlace } from '../changes/change-place.ts';
import { positionChanges } from '../changes/position-changes.ts';
import type { Database } from '../connect.ts';
import type { EndpointPayload } from '../schema.ts';
import { TRANSACTION_COLUMNS } from '../transactions/transaction-columns.ts';
import type { EventRow } from './event-columns.ts';

export interface WantedEvent {
  readonly event: EventRow;
  readonly payload: EndpointPayload;
}

/** What bodies of events hold beside the events. What was erased is not there. */
export interface EventContents {
  /** By account. */
  readonly balances: ReadonlyMap<string, EventBalance>;
  readonly transactions: ReadonlyMap<string, EventTransaction>;
  /** By event, where the transactions are not wanted themselves. */
  readonly spans: ReadonlyMap<string, EventSpan>;
  /** By sync: the place in the change feed right before what it changed. */
  readonly places: ReadonlyMap<string, ChangePlace>;
}

export type EventBalance = Awaited<ReturnType<typeof loadBalances>>[number];
export type EventTransaction = Awaited<ReturnType<typeof loadTransactions>>[number];

/** The first and last `transacted_at` of the transactions that an event names. */
export interface EventSpan {
  readonly from: Date;
  readonly to: Date;
}

/** Loads what the bodies of these events hold, as it stands now: with a statement for each kind of it. */
export async function loadContents(
  db: Database,
  wanted: readonly WantedEvent[],
): Promise<EventContents> {
  const syncs = wanted.flatMap(({ event }) => (isChange(event) ? (event.sync_run_id ?? []) : []));
  // Every sync of an event is committed, so that it has its place then.
  while (syncs.length > 0 && !(await positionChanges(db)));
  const of = (type: EventRow['type'], payload: EndpointPayload): EventRow[] =>
    wanted.flatMap((one) =>
      one.event.type === type && one.payload === payload ? [one.event] : [],
    );
  const [balances, transactions, spans, places] = await Promise.all([
    loadBalances(
      db,
      of('balance.success', 'full').flatMap((event) => event.account_id ?? []),
    ),
    loadTransactions(db, of('transaction.success', 'full').flatMap(transactionIds)),
    loadSpans(
      db,
      of('transaction.success', 'ids').filter((event) => transactionIds(event).length > 0),
    ),
    loadPlaces(db, syncs),
  ]);
  return {
    balances: new Map(balances.map((row) => [row.account_id, row])),
    transactions: new Map(transactions.map((row) => [row.id, row])),
    spans: new Map(spans.map(({ id, from, to }) => [id, { from, to }])),
    places: new Map(places.map(({ id, position }) => [id, startOf(position)])),
  };
}

const isChange = ({ data }: EventRow): boolean => 'changed' in data && data.changed === true;

const transactionIds = ({ added, changed, removed }: EventRow): string[] => [
  ...(added ?? []),
  ...(changed ?? []),
  ...(removed ?? []),
];

async function loadBalances(db: Database, accountIds: readonly string[]) {
  if (accountIds.length === 0) return [];
  return await db
    .selectFrom('balances')
    .where(sql<boolean>`account_id = any(${[...accountIds]}::uuid[])`)
    .select([
      'account_id',
      'available',
      'current',
      'credit_limit',
      'currency',
      'data_as_of',
      'changed_at',
    ])
    .execute();
}

async function loadTransactions(db: Database, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return await db
    .selectFrom('transactions')
    .where(sql<boolean>`id = any(${[...ids]}::uuid[])`)
    .select(TRANSACTION_COLUMNS)
    .execute();
}

async function loadSpans(
  db: Database,
  events: readonly EventRow[],
): Promise<(EventSpan & { readonly id: string })[]> {
  if (events.length === 0) return [];
  const { rows } = await sql<EventSpan & { readonly id: string }>`
    select events.id, min(transacted_at) as from, max(transacted_at) as to
    from events cross join unnest(added || changed || removed) as named (id)
    join transactions on transactions.id = named.id
    where events.id = any(${events.map(({ id }) => id)}::uuid[])
    group by events.id`.execute(db);
  return rows;
}

async function loadPlaces(db: Database, syncs: readonly string[]) {
  if (syncs.length === 0) return [];
  return await db
    .selectFrom('sync_runs')
    .where(sql<boolean>`id = any(${[...syncs]}::uuid[])`)
    .where('change_position', 'is not', null)
    .select(['id', sql<string>`change_position`.as('position')])
    .execute();
}
