import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTransactions } from '../../activities/syncs/read-transactions.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { beginSyncRun } from '../../db/syncs/begin-sync-run.ts';
import { commitTransactions } from '../../db/transactions/commit-transactions.ts';
import { openStage } from '../../db/transactions/stage-transactions.ts';
import type { TransactionsEnd, TransactionsPage } from '../../providers/provider.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { bareAccount, transactionOf } from '../support/staged-commit.ts';

let database: FreshDatabase;
let db: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** `+a1`: the transaction `a` of 1.00; `-a`: it is gone. */
type Word = string;

/** The bank's time never moves: only the order of what is read tells what is newer. */
const DATA_AS_OF = '2026-03-10T12:00:00.000Z';

async function* pagesOf(
  pages: readonly Word[][],
): AsyncGenerator<TransactionsPage, TransactionsEnd> {
  for (const words of pages) {
    yield {
      upserts: words
        .filter((word) => word.startsWith('+'))
        .map((word) => ({
          ...transactionOf({ providerTransactionId: word.slice(1, 2) }),
          amount: `${word.slice(2)}.00`,
          providerUpdatedAt: null,
        })),
      removed: words.filter((word) => word.startsWith('-')).map((word) => word.slice(1)),
      rejected: [],
    };
  }
  return { cursor: 'next', complete: null, dataAsOf: DATA_AS_OF };
}

async function sync(accountId: string, pages: readonly Word[][]): Promise<void> {
  const syncRunId = await newId(db);
  const run = { id: syncRunId, accountId, product: 'transaction', triggers: ['schedule'] } as const;
  await beginSyncRun(db, { ...run, scope: 'incremental' });
  const stage = { stageId: await openStage(db, accountId), accountId };
  const query = { scope: 'incremental', cursor: 'last' } as const;
  const read = await readTransactions(db, stage, query, pagesOf(pages));
  await commitTransactions(db, {
    ...stage,
    syncRunId,
    nextSyncAt: null,
    staged: read.staged,
    rejected: read.rejected,
    removals: read.removals,
    complete: null,
    readAsOf: DATA_AS_OF,
    dataAsOf: DATA_AS_OF,
    cursor: { value: 'next', full: false },
    webhookIds: [],
  });
}

async function standing(accountId: string): Promise<Record<string, string>> {
  const rows = await db
    .selectFrom('transactions')
    .where('account_id', '=', accountId)
    .where('removed_at', 'is', null)
    .select(['provider_transaction_id', 'amount'])
    .orderBy('provider_transaction_id')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.provider_transaction_id, row.amount]));
}

describe('transactions of a provider that tells no versions', () => {
  it.each<[string, Word[][][], Record<string, string>]>([
    ['a later sync is newer', [[['+a1']], [['+a2']]], { a: '2.00' }],
    ['what was is no newer than what is', [[['+a1']], [['+a2']], [['+a1']]], { a: '1.00' }],
    ['a later page is newer', [[['+a1'], ['+a2'], ['+a3']]], { a: '3.00' }],
    ['of a page the last word counts', [[['+a1', '+a2']]], { a: '2.00' }],
    ['as we hold it, after another word', [[['+a1']], [['+a2', '+a1']]], { a: '1.00' }],
    ['added and gone', [[['+a1', '+b1'], ['-a']]], { b: '1.00' }],
    ['added and gone in one page', [[['+a1', '-a']]], {}],
    ['gone and there again', [[['+a1']], [['-a'], ['+a2']]], { a: '2.00' }],
    ['gone, there, and gone', [[['+a1']], [['-a'], ['+a1'], ['-a']]], {}],
    ['gone, and there with the next sync', [[['+a1']], [['-a']], [['+a1']]], { a: '1.00' }],
    ['gone once more', [[['+a1']], [['-a']], [['+a1']], [['-a']]], {}],
    ['what is not known is gone', [[['-a']], [['+a1']]], { a: '1.00' }],
  ])('%s', async (_, syncs, expected) => {
    const accountId = await bareAccount(db);
    for (const pages of syncs) await sync(accountId, pages);
    expect(await standing(accountId)).toEqual(expected);
  });

  it('stand as the last word on each said, whatever was said before', async () => {
    const word = fc.oneof(
      fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 3 }))
        .map(([id, amount]) => `+${id}${amount}`),
      fc.constantFrom('-a', '-b', '-c'),
    );
    const page = fc
      .array(word, { maxLength: 4 })
      // Within a page what is gone is gone.
      .map((words) =>
        words.toSorted((a, b) => (a.startsWith('+') ? 0 : 1) - (b.startsWith('+') ? 0 : 1)),
      );
    const story = fc.array(fc.array(page, { maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(story, async (syncs) => {
        const accountId = await bareAccount(db);
        const expected = new Map<string, string>();
        for (const pages of syncs) {
          await sync(accountId, pages);
          for (const said of pages.flatMap((words) => [
            ...words.filter((one) => one.startsWith('+')),
            ...words.filter((one) => one.startsWith('-')),
          ])) {
            if (said.startsWith('+')) expected.set(said.slice(1, 2), `${said.slice(2)}.00`);
            else expected.delete(said.slice(1));
          }
          expect(await standing(accountId)).toEqual(Object.fromEntries(expected));
        }
      }),
      { numRuns: 60 },
    );
  });
});
