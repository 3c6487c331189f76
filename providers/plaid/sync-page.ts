import { z } from 'zod';
import type { LosslessJson } from '../json.ts';
import type {
  ProviderContext,
  ProviderTransaction,
  RejectedItem,
  TransactionsPage,
} from '../provider.ts';
import type { PlaidAnswer, PlaidApi } from './api.ts';
import type { PlaidItem } from './credentials.ts';
import { id, read } from './fields.ts';
import { readTransaction } from './transform/rejected-transaction.ts';

/** The most that Plaid gives; fewer pages are less often moved under us. */
const PAGE_SIZE = 500;

export interface SyncPage extends TransactionsPage {
  readonly nextCursor: string;
  readonly hasMore: boolean;
  /** `NOT_READY`, `INITIAL_UPDATE_COMPLETE`, `HISTORICAL_UPDATE_COMPLETE`; others may come. */
  readonly status: string | null;
}

const list = z.array(z.custom<LosslessJson>());

const page = z.object({
  added: list,
  modified: list,
  removed: z.array(z.object({ transaction_id: id, account_id: z.string().nullish().catch(null) })),
  next_cursor: z.string(),
  has_more: z.boolean(),
  transactions_update_status: z.string().nullish().catch(null),
});

/** One page of `/transactions/sync` of one account: that filter has a cursor of its own. */
export async function readSyncPage(
  api: PlaidApi,
  { accessToken, itemId }: PlaidItem,
  asked: {
    readonly providerAccountId: string;
    /** Null: from the beginning. */
    readonly cursor: string | null;
    readonly daysRequested: number;
  },
  context: ProviderContext,
): Promise<SyncPage> {
  const answer = await api.post(
    {
      path: 'transactions/sync',
      body: {
        access_token: accessToken,
        ...(asked.cursor === null ? {} : { cursor: asked.cursor }),
        count: PAGE_SIZE,
        options: {
          account_id: asked.providerAccountId,
          include_original_description: true,
          // Counts for an Item that was linked without transactions; Plaid ignores it for others.
          days_requested: asked.daysRequested,
        },
      },
      itemId,
    },
    context,
  );
  const fields = read(page, { ...answer.fields }, 'page');
  const isOwn = (account: string | null | undefined): boolean =>
    (account ?? asked.providerAccountId) === asked.providerAccountId;
  return {
    ...rowsOf(answer, [...fields.added, ...fields.modified], isOwn),
    removed: fields.removed.filter((row) => isOwn(row.account_id)).map((row) => row.transaction_id),
    nextCursor: fields.next_cursor,
    hasMore: fields.has_more,
    status: fields.transactions_update_status ?? null,
  };
}

function rowsOf(
  answer: PlaidAnswer,
  values: readonly LosslessJson[],
  isOwn: (account: string | null) => boolean,
): Pick<TransactionsPage, 'upserts' | 'rejected'> {
  const upserts: ProviderTransaction[] = [];
  const rejected: RejectedItem[] = [];
  for (const value of values) {
    const raw = answer.sourceOf(value);
    const item = readTransaction({ value, raw, isCut: answer.isCut(value) });
    if (!isOwn(item.account)) continue;
    if ('transaction' in item) upserts.push(item.transaction);
    else rejected.push(item.rejected);
  }
  return { upserts, rejected };
}
