import { z } from 'zod';
import type { LosslessJson } from '../json.ts';
import type { CallContext, Timestamp } from '../provider.ts';
import type { OkraApi, OkraData } from './api.ts';
import { okraError } from './errors.ts';
import { read, timestamp } from './fields.ts';

/** Far above any account's history; ends a bank that always claims one more page. */
const MAX_PAGES = 10_000;

export interface ListRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  /** The names under which the wire may hold the list. */
  readonly keys: readonly string[];
}

export interface ListPage {
  readonly items: readonly ListItem[];
  /** When the bank was last asked, where the answer tells. */
  readonly extractedAt: Timestamp | null;
}

export interface ListItem {
  readonly value: LosslessJson;
  /** The bank's own text of it. */
  readonly raw: string;
  /** Whether something in it lay too deep to be read. */
  readonly isCut: boolean;
}

const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .nullish()
  .catch(null);

const pagination = z.object({
  totalDocs: whole,
  totalPages: whole,
  limit: whole,
  hasNextPage: z.boolean().nullish().catch(null),
});

const position = z.object({
  pagination: pagination.nullish(),
  extraction: z.string().nullish().catch(null),
  extracted_at: timestamp.nullish().catch(null),
});

type Position = z.output<typeof position>;

/**
 * Reads a list to its end. The pages are a skip and a limit over live rows, so when what is behind
 * them moves between two of them, rows are skipped or repeated: then it throws `restart`
 * `pagination_moved`. That is noticed by `data.extraction`, the newest extraction's id (our
 * choice), and by a change of `totalDocs`.
 */
export async function* readPages(
  api: OkraApi,
  request: ListRequest,
  pageSize: number,
  context: CallContext,
): AsyncGenerator<ListPage, void, void> {
  let first: Position | undefined;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    // The reference types both as text.
    const body = { ...request.body, page: String(page), limit: String(pageSize) };
    const data = await api.post(request.path, body, context);
    const at = read(position, { ...data.fields }, 'page');
    first ??= at;
    if (moved(first, at)) throw okraError('restart', 'pagination_moved');
    const items = listIn(data, request.keys);
    yield {
      items: items.map((value) => ({
        value,
        raw: data.sourceOf(value),
        isCut: data.isCut(value),
      })),
      extractedAt: at.extracted_at ?? null,
    };
    if (!hasMore(at.pagination, page, items.length, pageSize)) return;
  }
  throw okraError('bug', 'pagination_endless');
}

function moved(first: Position, now: Position): boolean {
  return (
    differs(first.extraction, now.extraction) ||
    differs(first.pagination?.totalDocs, now.pagination?.totalDocs)
  );
}

function differs<T>(before: T | null | undefined, now: T | null | undefined): boolean {
  return (before ?? null) !== (now ?? null);
}

/**
 * A success without its list is not an empty list: taken for one, it would prove every row gone.
 */
function listIn(data: OkraData, keys: readonly string[]): readonly LosslessJson[] {
  for (const key of keys) {
    const list = data.fields[key];
    if (Array.isArray(list)) return list;
  }
  throw okraError('bug', `invalid_${keys[0]}`);
}

function hasMore(
  at: z.output<typeof pagination> | null | undefined,
  page: number,
  items: number,
  pageSize: number,
): boolean {
  if (typeof at?.hasNextPage === 'boolean') return at.hasNextPage;
  if (typeof at?.totalPages === 'number') return page < at.totalPages;
  if (typeof at?.totalDocs === 'number') return page * (at.limit ?? pageSize) < at.totalDocs;
  return items >= (at?.limit ?? pageSize);
}
