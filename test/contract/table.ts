import type { Database } from '../../db/connect.ts';
import { plain, type TrueTransaction, type Truth } from './bank.ts';

interface Table extends Omit<Truth, 'balance'> {
  readonly balance: Truth['balance'] | null;
}

/** What the tables hold of an account, in the words of a bank's truth, by id. */
export async function tableOf(db: Database, accountId: string): Promise<Table> {
  const balance = await db
    .selectFrom('balances')
    .where('account_id', '=', accountId)
    .select(['current', 'available'])
    .executeTakeFirst();
  return {
    balance: balance
      ? { current: plain(balance.current), available: plain(balance.available) }
      : null,
    transactions: await rowsOf(db, accountId),
  };
}

/** The transactions alone. */
export async function rowsOf(db: Database, accountId: string): Promise<TrueTransaction[]> {
  const rows = await db
    .selectFrom('transactions')
    .where('account_id', '=', accountId)
    .where('removed_at', 'is', null)
    .select([
      'provider_transaction_id',
      'amount',
      'currency',
      'status',
      'description',
      'running_balance',
    ])
    .execute();
  return rows
    .map((row) => ({
      id: row.provider_transaction_id,
      amount: plain(row.amount),
      currency: row.currency,
      status: row.status,
      description: row.description,
      runningBalance: plain(row.running_balance),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Without what a provider may leave out. */
export function essentials({ balance, transactions }: Table): unknown {
  return {
    balance,
    transactions: transactions.map(({ id, amount, status }) => ({ id, amount, status })),
  };
}
