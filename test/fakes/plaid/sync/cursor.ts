import { createHash } from 'node:crypto';
import type { Item } from '../items/types.ts';

/**
 * What a cursor says. The real one is opaque base64 of at most 256 characters; the inside here is
 * our own.
 */
export interface Position {
  /** The place in the log up to which its owner knows everything. */
  readonly at: number;
  /** In the middle of a pagination: the stream's last place when it began, and the next page. */
  readonly pagination: { readonly head: number; readonly page: number } | null;
}

export const START: Position = { at: 0, pagination: null };

export function writeCursor(item: Item, accountId: string | null, position: Position): string {
  const { at, pagination } = position;
  const fields = [streamOf(item, accountId), at, pagination?.head ?? '', pagination?.page ?? ''];
  return Buffer.from(fields.join('.')).toString('base64');
}

/** Null when it is no cursor, or one of another item or another `account_id`. */
export function readCursor(item: Item, accountId: string | null, text: string): Position | null {
  const [stream, at, head, page] = Buffer.from(text, 'base64').toString('utf8').split('.');
  if (stream !== streamOf(item, accountId) || at === undefined || !/^\d+$/.test(at)) return null;
  return {
    at: Number(at),
    pagination: head && page ? { head: Number(head), page: Number(page) } : null,
  };
}

/** "Specifying an `account_id` effectively creates a separate incremental update stream." */
function streamOf(item: Item, accountId: string | null): string {
  return createHash('sha256')
    .update(`${item.id}/${accountId ?? ''}`)
    .digest('hex')
    .slice(0, 24);
}
