import type { EventType } from '../config/event-type.ts';
import type { EventRow } from '../db/events/event-columns.ts';
import type { EventContents, EventSpan, EventTransaction } from '../db/events/load-contents.ts';
import type { EndpointPayload, SyncTrigger } from '../db/schema.ts';
import { toStoredBalance } from '../resources/balance.ts';
import { changeCursor } from '../resources/change-cursor.ts';
import { toTransaction } from '../resources/transaction.ts';
import type { BalanceData, TransactionData } from './event-data.ts';

/** As JSON it is the body of a delivery; `event-schemas.ts` has the schema of each type. */
export interface EventBody {
  readonly id: string;
  readonly type: EventType;
  readonly timestamp: string;
  readonly account_id: string | null;
  readonly connection_id: string | null;
  readonly sequence: number | null;
  readonly sync: { readonly id: string; readonly triggers: readonly SyncTrigger[] } | null;
  readonly data: object;
}

/**
 * The body of an event. Balances and transactions are shown in their newest state, not as the sync left
 * them: so that a late delivery never undoes a newer one. Where they were erased, `full` becomes `ids`.
 *
 * @param contents as `loadContents` loaded them for this event and payload.
 */
export function renderEvent(
  event: EventRow,
  payload: EndpointPayload,
  contents: EventContents,
): EventBody {
  return {
    id: event.id,
    type: event.type,
    timestamp: event.created_at.toISOString(),
    account_id: event.account_id,
    connection_id: event.connection_id,
    sequence: event.sequence === null ? null : Number(event.sequence),
    sync:
      event.sync_run_id === null ? null : { id: event.sync_run_id, triggers: event.triggers ?? [] },
    data: dataOf(event, payload, contents),
  };
}

const TEST_MESSAGE = 'A test, as you asked: nothing has happened.';

function dataOf(event: EventRow, payload: EndpointPayload, contents: EventContents): object {
  if (event.type === 'balance.success') return balanceDataOf(event, payload, contents);
  if (event.type === 'transaction.success') return transactionDataOf(event, payload, contents);
  if (event.type === 'webhook.test') return { ...event.data, message: TEST_MESSAGE };
  return event.data;
}

function balanceDataOf(
  event: EventRow,
  payload: EndpointPayload,
  contents: EventContents,
): BalanceData {
  const { changed, data_as_of } = event.data as Pick<BalanceData, 'changed' | 'data_as_of'>;
  const change_cursor = cursorOf(event, contents);
  const row = payload === 'full' ? contents.balances.get(event.account_id ?? '') : undefined;
  return row
    ? { changed, data_as_of, payload: 'full', balance: toStoredBalance(row), change_cursor }
    : { changed, data_as_of, payload: 'ids', change_cursor };
}

function transactionDataOf(
  event: EventRow,
  payload: EndpointPayload,
  contents: EventContents,
): TransactionData {
  const { changed, data_as_of, counts, part, parts } = event.data as StoredTransactionData;
  const sync = { changed, data_as_of, counts, part, parts };
  const change_cursor = cursorOf(event, contents);
  const transaction_ids = {
    added: event.added ?? [],
    changed: event.changed ?? [],
    removed: event.removed ?? [],
  };
  const rows = payload === 'full' ? rowsOf(transaction_ids, contents) : null;
  if (!rows) {
    const span = contents.spans.get(event.id);
    return { ...sync, ...toSpan(span), payload: 'ids', transaction_ids, change_cursor };
  }
  const transactions = {
    added: rows.added.map(toTransaction),
    changed: rows.changed.map(toTransaction),
    removed: rows.removed.map(toTransaction),
  };
  return { ...sync, ...toSpan(spanOf(rows)), payload: 'full', transactions, change_cursor };
}

type StoredTransactionData = Pick<
  TransactionData,
  'changed' | 'data_as_of' | 'counts' | 'part' | 'parts'
>;

type ByChange<Item> = Readonly<Record<'added' | 'changed' | 'removed', readonly Item[]>>;

/** Null: not all are there any more. */
function rowsOf(
  ids: ByChange<string>,
  { transactions }: EventContents,
): ByChange<EventTransaction> | null {
  const found = (list: readonly string[]): EventTransaction[] =>
    list.flatMap((id) => transactions.get(id) ?? []);
  const rows = {
    added: found(ids.added),
    changed: found(ids.changed),
    removed: found(ids.removed),
  };
  return countOf(rows) === countOf(ids) ? rows : null;
}

const countOf = ({ added, changed, removed }: ByChange<unknown>): number =>
  added.length + changed.length + removed.length;

function spanOf({ added, changed, removed }: ByChange<EventTransaction>): EventSpan | undefined {
  const times = [...added, ...changed, ...removed].map((row) => row.transacted_at.getTime());
  if (times.length === 0) return undefined;
  return { from: new Date(Math.min(...times)), to: new Date(Math.max(...times)) };
}

const toSpan = (span: EventSpan | undefined): Pick<TransactionData, 'from' | 'to'> => ({
  from: span?.from.toISOString() ?? null,
  to: span?.to.toISOString() ?? null,
});

function cursorOf({ account_id, sync_run_id }: EventRow, { places }: EventContents): string | null {
  const place = sync_run_id === null ? undefined : places.get(sync_run_id);
  return place && account_id !== null ? changeCursor(place, account_id) : null;
}
