import type { Alter } from './faults.ts';
import { isWireNumber } from './wire.ts';

/** Answers as a later version of Plaid might give them, for the fault `alter`. */

/** Every object gets a field that nobody knows. */
export const withUnknownFields: Alter = (body) =>
  everywhere(body, (object) => ({
    ...object,
    a_field_of_tomorrow: { of: ['some', 'kind'] },
  }));

/** Enums that the documentation calls open have a value that nobody knows. */
export const withUnknownEnumValues: Alter = (body) =>
  everywhere(body, (object) =>
    replaced(object, {
      type: 'a_type_of_tomorrow',
      subtype: 'a subtype of tomorrow',
      payment_channel: 'a channel of tomorrow',
      transaction_code: 'a code of tomorrow',
      update_type: 'an_update_type_of_tomorrow',
      transactions_update_status: 'A_STATUS_OF_TOMORROW',
    }),
  );

/** The fields that `api.d.ts` marks as optional (`?`) are left out, where a client reads them. */
export const withoutOptionalFields: Alter = (body) =>
  everywhere(body, (object) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !OPTIONAL.has(name))),
  );

const OPTIONAL = new Set([
  'auth_method',
  'check_number',
  'consented_products',
  'counterparties',
  'created_at',
  'holder_category',
  'institution_id',
  'institution_name',
  'last_updated_datetime',
  'link_sessions',
  'logo_url',
  'merchant_entity_id',
  'merchant_name',
  'original_description',
  'personal_finance_category',
  'products',
  'status',
  'transaction_type',
  'website',
]);

function replaced(
  object: Record<string, unknown>,
  values: Record<string, string>,
): Record<string, unknown> {
  const there = Object.entries(values).filter(([name]) => typeof object[name] === 'string');
  return { ...object, ...Object.fromEntries(there) };
}

function everywhere(body: Record<string, unknown>, alter: Alter): Record<string, unknown> {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null || isWireNumber(value)) return value;
    return everywhere(value as Record<string, unknown>, alter);
  };
  return alter(
    Object.fromEntries(Object.entries(body).map(([name, value]) => [name, walk(value)])),
  );
}
