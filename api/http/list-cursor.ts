import { encodeSealed, sealOf } from '../../resources/list-cursor.ts';
import { decodeCursor, wrongCursor } from './cursor.ts';

export interface ListCursor {
  encode(parts: readonly string[]): string;
  /** Throws a 400 that names `cursor`, when it was not made here with the same scope. */
  decode(cursor: string): string[];
}

/**
 * Cursors of one list with one set of filters. Going on with other filters would skip rows without
 * a word, so that is refused.
 *
 * @param scope all that decides which rows the list has, as JSON: its path and filters.
 * @param forms of the parts of a place in it.
 */
export function listCursor(scope: unknown, forms: readonly RegExp[]): ListCursor {
  return {
    encode: (parts) => encodeSealed(scope, parts),
    decode(cursor) {
      const [sealed, ...parts] = decodeCursor(cursor, [/^[\w-]{16}$/, ...forms]);
      if (sealed === sealOf(scope, parts)) return parts;
      throw wrongCursor('must be a next_cursor of this list, unchanged, with the same filters');
    },
  };
}
