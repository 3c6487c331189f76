import { sql, type RawBuilder } from 'kysely';

/** The fields whose changes are kept. Amounts as text: a JSON number would not survive JavaScript. */
const FIELDS = [
  ['provider_transaction_id', ''],
  ['status', ''],
  ['amount', '::text'],
  ['currency', ''],
  ['description', ''],
  ['counterparty', ''],
  ['category', ''],
  ['transacted_at', ''],
  ['booked_at', ''],
  ['value_date', ''],
  ['running_balance', '::text'],
  ['removed_at', ''],
] as const;

/** The kept fields of a row, as jsonb. `row` is a table's alias, or `old` or `new`. */
export function fieldsOf(row: 'old' | 'new' | 'kept'): RawBuilder<unknown> {
  const pairs = FIELDS.map(([name, cast]) => `'${name}', ${row}.${name}${cast}`);
  return sql.raw(`jsonb_build_object(${pairs.join(', ')})`);
}

/**
 * From columns `before` and `after` of such fields: what differs, as {field: [before, after]}. An
 * amount that differs only in its zeros does not.
 */
export const differingFields: RawBuilder<unknown> = sql`(
  select jsonb_object_agg(b.key, jsonb_build_array(b.value, a.value))
  from jsonb_each(before) b join jsonb_each(after) a using (key)
  where b.value is distinct from a.value
    and not (b.key in ('amount', 'running_balance')
      and (b.value #>> '{}')::numeric is not distinct from (a.value #>> '{}')::numeric)
)`;
