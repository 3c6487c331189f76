import { sql, type RawBuilder } from 'kysely';

const CONTENT = [
  'status',
  'amount',
  'currency',
  'description',
  'counterparty',
  'category',
  'transacted_at',
  'booked_at',
  'value_date',
  'running_balance',
];

/** Whether the content of two rows differs; each is named by a table's alias, or `old` or `new`. */
export function differs(one: string, other: string): RawBuilder<boolean> {
  const [left, right] = [one, other].map((row) => CONTENT.map((name) => `${row}.${name}`));
  return sql.raw(`(${left?.join(', ')}) is distinct from (${right?.join(', ')})`);
}
