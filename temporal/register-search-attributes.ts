import { isGrpcServiceError, type Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../workflows/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const INDEXED_VALUE_TYPE = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

const TYPE_NAME = { KEYWORD: 'Keyword', DATETIME: 'Datetime' } as const;

/** gRPC's INVALID_ARGUMENT (no room for more), PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const REFUSALS: ReadonlySet<number> = new Set([3, 7, 12, 16]);

/** The server lets us see that search attributes are missing, and not add them. */
export class SearchAttributesRefused extends Error {
  override readonly name = 'SearchAttributesRefused';
  /** `Name=Type` of each, as the `temporal` command takes them. */
  readonly missing: readonly string[];

  constructor(missing: readonly string[], cause: unknown) {
    super('search attributes are missing and may not be registered', { cause });
    this.missing = missing;
  }
}

/**
 * Registers in `namespace` those of our search attributes that it lacks; answers with their names.
 * May be called again at any time. Rejects with `SearchAttributesRefused` where that is not for us
 * to do, and with the gRPC error when the server cannot be reached.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<string[]> {
  const listed = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(
    ({ name }) => !(name in listed.customAttributes),
  );
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map((key) => [key.name, INDEXED_VALUE_TYPE[key.type]]),
      ),
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const wanted = missing.map(({ name, type }) => `${name}=${TYPE_NAME[type]}`);
    throw new SearchAttributesRefused(wanted, error);
  }
  return missing.map(({ name }) => name);
}

/** The server answered, and it was no. Anything else may be better at the next attempt. */
function isRefusal(error: unknown): boolean {
  return isGrpcServiceError(error) && REFUSALS.has(error.code);
}
