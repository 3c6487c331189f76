import { PersonalFinanceCategoryVersion, type TransactionsSyncResponse } from 'plaid';
import { z } from 'zod';
import type { Call } from '../../call-log.ts';
import { ApiError } from '../../errors/api-error.ts';
import { prepareTransactions } from '../../items/create-item.ts';
import type { Item, LogEntry } from '../../items/types.ts';
import { readCursor, START, writeCursor, type Position } from '../../sync/cursor.ts';
import { readPage } from '../../sync/read-page.ts';
import type { Wire } from '../../wire.ts';
import type { World } from '../../world.ts';
import { endpoint } from '../endpoint.ts';
import { accountsOf, healthyItemOf } from '../item-of.ts';
import { invalidField } from '../read-input.ts';
import { accountShape } from '../shapes/account.ts';
import { transactionShape } from '../shapes/transaction.ts';

const DEFAULT_COUNT = 100;
const CURSOR_LENGTH = 256;

const input = z.strictObject({
  access_token: z.string(),
  cursor: z.string().max(CURSOR_LENGTH).optional(),
  count: z.int().min(1).max(500).optional(),
  options: z
    .strictObject({
      account_id: z.string().optional(),
      days_requested: z.int().min(1).max(730).optional(),
      include_original_description: z.boolean().nullish(),
      include_personal_finance_category: z.boolean().optional(),
      include_logo_and_counterparty_beta: z.boolean().optional(),
      personal_finance_category_version: z.enum(PersonalFinanceCategoryVersion).optional(),
    })
    .optional(),
});

type Answer = Wire<Omit<TransactionsSyncResponse, 'request_id'>>;

export const transactionsSync = endpoint('/transactions/sync', input, serve);

async function serve(world: World, asked: z.infer<typeof input>, call: Call): Promise<Answer> {
  const item = healthyItemOf(world, asked.access_token);
  const accountId = asked.options?.account_id ?? null;
  const shared = accountsOf(world, item, accountId === null ? undefined : [accountId]);
  const wanted = asked.count ?? DEFAULT_COUNT;
  const count = Math.min(wanted, world.settings.mostRows ?? wanted);
  call.count = wanted;
  initialise(world, item, asked.options?.days_requested);
  item.syncCalled = true;

  const from = positionOf(item, accountId, asked.cursor);
  await world.beforePage?.({
    itemId: item.id,
    accountId,
    cursor: asked.cursor ?? null,
    page: from.pagination?.page ?? 1,
    count,
  });
  if (item.status === 'NOT_READY') return nothingYet();
  const page = readPage(item, {
    accountId,
    from,
    count,
    listsUnseenRemovals: world.settings.listsUnseenRemovals,
  });
  if (page === null) throw new ApiError('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');

  const named = new Set(
    [page.added, page.modified, page.removed].flat().map((entry) => entry.accountId),
  );
  const write = (entry: LogEntry): Answer['added'][number] =>
    transactionShape(entry, asked.options?.include_original_description === true);
  return {
    transactions_update_status: item.status,
    // "Associated with the transactions in this response": we take that by the letter.
    accounts: shared
      .filter(({ id }) => named.has(id))
      .map((account) => accountShape(world, item, account)),
    added: page.added.map(write),
    modified: page.modified.map(write),
    removed: page.removed.map((entry) => ({
      transaction_id: entry.transactionId,
      account_id: entry.accountId,
    })),
    next_cursor: writeCursor(item, accountId, page.next),
    has_more: page.hasMore,
  };
}

/** An item that was linked without `transactions` gets them with its first call. */
function initialise(world: World, item: Item, daysRequested: number | undefined): void {
  if (item.products.includes('transactions')) return;
  item.products.push('transactions');
  item.daysRequested = daysRequested ?? item.daysRequested;
  prepareTransactions(world, item);
}

/** That an empty cursor is none is a guess; and so is the code for one of another stream. */
function positionOf(item: Item, accountId: string | null, cursor: string | undefined): Position {
  if (cursor === undefined || cursor === '') return START;
  if (cursor === 'now') return { at: item.head, pagination: null };
  const position = readCursor(item, accountId, cursor);
  if (position === null) throw invalidField('cursor', 'not associated with access_token');
  return position;
}

function nothingYet(): Answer {
  return {
    transactions_update_status: 'NOT_READY',
    accounts: [],
    added: [],
    modified: [],
    removed: [],
    next_cursor: '',
    has_more: false,
  };
}
