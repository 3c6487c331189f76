import { mapObjects, type Json } from './json.ts';

/** Changes a body before it is sent. A string is sent as it is, whether it is JSON or not. */
export type Alteration = (body: Json) => Json;

/** A field that no document knows, in every object. */
export const unknownFields: Alteration = (body) =>
  mapObjects(body, (object) => ({ ...object, x_new_field: { nested: [1, null, 'x'] } }));

const OPTIONAL = new Set([
  'account_number',
  'accountNumber',
  'app',
  'auth_method',
  'authMethod',
  'bank_code',
  'bankCode',
  'business',
  'bvn',
  'category',
  'created_at',
  'data_request_id',
  'event_id',
  'has_new_data',
  'previous',
  'session_id',
  'timestamp',
  'updated_at',
]);

/** Without every field that one of the documents' examples does without. */
export const withoutOptional: Alteration = (body) =>
  mapObjects(body, (object) => {
    const kept = Object.entries(object).filter(([key]) => !OPTIONAL.has(key));
    const isRow = 'narration' in object;
    return Object.fromEntries(isRow ? kept.filter(([key]) => key !== 'balance') : kept);
  });

const ENUMS = new Set(['category', 'auth_method', 'authMethod', 'data_status', 'sync_status']);

/** A value that no document knows, in every field that has a list of them. */
export const unknownEnums: Alteration = (body) =>
  mapObjects(body, (object) =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        key,
        ENUMS.has(key) && typeof value === 'string' ? 'A_NEW_VALUE' : value,
      ]),
    ),
  );
