import { z } from 'zod';
import { storedBalance } from '../resources/balance.ts';
import { id, timestamp } from '../resources/fields.ts';
import { transaction } from '../resources/transaction.ts';

const SENT_AS_IT_STOOD =
  'Resources are as they stood when this was sent: the newest state, so that a late delivery never undoes a newer one.';

const count = z.int().min(0);

const ofSync = {
  changed: z.boolean().describe('Whether the sync found anything new.'),
  data_as_of: timestamp.describe('When the bank says that what the sync read was true.'),
};

const changeCursor = z
  .string()
  .nullable()
  .describe(
    'A `cursor` for `GET /v1/changes?account_id=…` with the event’s account: begins with what this sync changed. Null: nothing.',
  );

export const balanceData = z
  .discriminatedUnion('payload', [
    z
      .object({
        ...ofSync,
        payload: z.literal('full'),
        balance: storedBalance,
        change_cursor: changeCursor,
      })
      .meta({ ref: 'BalanceSuccessFull', description: SENT_AS_IT_STOOD }),
    z
      .object({ ...ofSync, payload: z.literal('ids'), change_cursor: changeCursor })
      .meta({ ref: 'BalanceSuccessIds' }),
  ])
  .meta({ ref: 'BalanceSuccessData' });

const ofTransactions = {
  ...ofSync,
  counts: z.object({ added: count, changed: count, removed: count }).describe('Of the whole sync.'),
  part: z
    .int()
    .min(1)
    .describe('A sync that changed more than a hundred transactions has several events.'),
  parts: z.int().min(1),
  from: timestamp.nullable().describe('The first transacted_at of those named here.'),
  to: timestamp.nullable().describe('The last transacted_at of those named here.'),
};

const byChange = <Item extends z.ZodType>(item: Item) =>
  z.object({ added: z.array(item), changed: z.array(item), removed: z.array(item) });

export const transactionData = z
  .discriminatedUnion('payload', [
    z
      .object({
        ...ofTransactions,
        payload: z.literal('full'),
        transactions: byChange(transaction).describe('By what this sync did.'),
        change_cursor: changeCursor,
      })
      .meta({ ref: 'TransactionSuccessFull', description: SENT_AS_IT_STOOD }),
    z
      .object({
        ...ofTransactions,
        payload: z.literal('ids'),
        transaction_ids: byChange(id),
        change_cursor: changeCursor,
      })
      .meta({ ref: 'TransactionSuccessIds' }),
  ])
  .meta({ ref: 'TransactionSuccessData' });

export type BalanceData = z.infer<typeof balanceData>;
export type TransactionData = z.infer<typeof transactionData>;
