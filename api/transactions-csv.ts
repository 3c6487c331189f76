import type { Transaction } from '../resources/transaction.ts';

/** The order of the columns; new ones are added at the end. */
const COLUMNS = [
  'id',
  'account_id',
  'provider_transaction_id',
  'status',
  'amount',
  'currency',
  'description',
  'counterparty',
  'category',
  'transacted_at',
  'booked_at',
  'booked_date',
  'value_date',
  'running_balance',
  'matched_by',
  'removed_at',
  'first_seen_at',
  'changed_at',
] as const satisfies readonly (keyof Transaction)[];

export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/**
 * A line of RFC 4180. Nothing is a field without quotes, an empty text one with: as Postgres' own
 * `copy … with csv` reads and writes them.
 *
 * Texts are exact: one that begins with `=` is not altered, though a spreadsheet would take it for a
 * formula.
 */
export function toCsvLine(transaction: Transaction): string {
  return `${COLUMNS.map((column) => toField(transaction[column])).join(',')}\r\n`;
}

function toField(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
