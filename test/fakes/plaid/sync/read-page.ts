import type { Item, LogEntry } from '../items/types.ts';
import type { Position } from './cursor.ts';

export interface Page {
  readonly added: readonly LogEntry[];
  readonly modified: readonly LogEntry[];
  readonly removed: readonly LogEntry[];
  readonly hasMore: boolean;
  readonly next: Position;
}

export interface PageAsked {
  readonly accountId: string | null;
  readonly from: Position;
  /** Of updates in all: added, modified and removed together. */
  readonly count: number;
  readonly listsUnseenRemovals: boolean;
}

/**
 * The next updates after a cursor, each transaction once and as it is now, in the order of its
 * latest change. Null when the stream changed since the pagination's first page: then it has to
 * begin again from the cursor of that page. Of any change in the stream we say so; when exactly
 * Plaid does is not documented.
 */
export function readPage(item: Item, asked: PageAsked): Page | null {
  const { accountId, from, count } = asked;
  const stream = [...item.log.values()].filter(
    (entry) => accountId === null || entry.accountId === accountId,
  );
  const head = stream.at(-1)?.changedAt ?? 0;
  if (from.pagination !== null && from.pagination.head !== head) return null;

  const news = stream.filter(
    (entry) =>
      entry.changedAt > from.at &&
      // Came and went unseen.
      (!entry.removed || entry.addedAt <= from.at || asked.listsUnseenRemovals),
  );
  const entries = news.slice(0, count);
  const hasMore = news.length > count;
  const here = entries.filter((entry) => !entry.removed);
  return {
    added: here.filter((entry) => entry.addedAt > from.at),
    modified: here.filter((entry) => entry.addedAt <= from.at),
    removed: entries.filter((entry) => entry.removed),
    hasMore,
    next: hasMore
      ? {
          at: entries.at(-1)?.changedAt ?? from.at,
          pagination: { head, page: (from.pagination?.page ?? 1) + 1 },
        }
      : { at: Math.max(head, from.at), pagination: null },
  };
}
