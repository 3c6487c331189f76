import { encodeCursor } from '../../resources/list-cursor.ts';
import { Problem } from './problem.ts';

/**
 * Unpacks what `encodeCursor` made, when each part has its form; else throws a 400 that names
 * `cursor`.
 */
export function decodeCursor(cursor: string, forms: readonly RegExp[]): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === forms.length) {
      const texts = parts.map(String);
      if (texts.every((text, index) => forms[index]?.test(text))) return texts;
    }
  } catch {
    // Not one of ours, as below.
  }
  throw wrongCursor('must be a next_cursor of this list, unchanged');
}

export function wrongCursor(message: string): Problem {
  const errors = [{ field: 'cursor', message }];
  return new Problem(400, 'invalid_request', `cursor: ${message}`, { errors });
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** As `db/exact-time.ts` writes it. */
export const TIMESTAMP = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

export interface Page<Item> {
  readonly data: Item[];
  readonly next_cursor: string | null;
}

/**
 * A page of a list that was read one row further than `limit`, so that it is known whether more
 * follows.
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => readonly string[],
  toItem: (row: Row) => Item,
  encode: (parts: readonly string[]) => string = encodeCursor,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? encode(position(last)) : null;
  return { data: shown.map(toItem), next_cursor: next };
}
