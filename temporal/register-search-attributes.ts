import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../workflows/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const INDEXED_VALUE_TYPE = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

/**
 * Registers in `namespace` those of our search attributes that it lacks. May be called again at any
 * time. Rejects with the gRPC error when the server cannot be reached or refuses.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      missing.map((key) => [key.name, INDEXED_VALUE_TYPE[key.type]]),
    ),
  });
}

/** Those of our search attributes that `namespace` does not have. */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<{ name: string; type: keyof typeof INDEXED_VALUE_TYPE }[]> {
  const listed = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.values(searchAttributes).filter((key) => !(key.name in listed.customAttributes));
}
