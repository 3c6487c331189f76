import type { Transaction } from './types.ts';
import { badRequest } from './wire/api-error.ts';

const DAY = 86_400_000;

/**
 * The rows that a query is about. With a start or an end, all of those days, in UTC and with the
 * last day (guesses); with neither, only the most recent ones.
 *
 * @throws ApiError 400 for a date that is not DD-MM-YYYY.
 */
export function chooseRows(
  rows: readonly Transaction[],
  query: Readonly<Record<string, string>>,
  recentCount: number,
): readonly Transaction[] {
  const from = dayOf(query['start']);
  const to = dayOf(query['end']);
  const dated = from !== null || to !== null;
  const { type } = query;
  if (type !== undefined && type !== 'debit' && type !== 'credit') {
    throw badRequest('"type" must be one of [debit, credit]');
  }
  const words = query['narration']?.toLowerCase() ?? '';
  return (dated ? rows : rows.slice(0, recentCount)).filter((row) => {
    const at = Date.parse(row.date);
    return (
      at >= (from ?? -Infinity) &&
      at < (to === null ? Infinity : to + DAY) &&
      (type === undefined || row.type === type) &&
      row.narration.toLowerCase().includes(words)
    );
  });
}

function dayOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  const [, day, month, year] = /^(\d{2})-(\d{2})-(\d{4})$/.exec(given) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(at)) throw badRequest('"start" and "end" must be in the form DD-MM-YYYY');
  return at;
}
