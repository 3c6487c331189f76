import { Pool } from 'pg';
import { eachAtOnce } from '../support/each-at-once.ts';
import type { LinkedAccount } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';

/** How much of the bank's truth the operator's tables hold. */
export interface Progress {
  /** Accounts whose balance is the bank's, of how many. */
  readonly balances: number;
  readonly accounts: number;
  /** Transactions that are as at the bank, of how many. */
  readonly transactions: number;
  readonly wanted: number;
}

export interface BankTruth {
  /** Whether the tables hold exactly what the bank holds. */
  isReached(): Promise<boolean>;
  progress(): Promise<Progress>;
  close(): Promise<void>;
}

/** As docs/sandbox-bank.md tells it. */
interface Truth {
  readonly balance: { readonly ledger: string; readonly available: string };
  readonly transactions: readonly object[];
}

const TABLES = `
  create unlogged table bench_balances (account_id uuid, ledger numeric, available numeric);
  create unlogged table bench_transactions (
    account_id uuid, id text, amount numeric, currency text, status text, description text, counterparty text,
    trans_date timestamptz, cleared_date timestamptz, running_balance numeric
  );`;

const BALANCES = `
  select count(*)::int as balances from balances b join bench_balances t using (account_id)
  where (b.current, b.available) is not distinct from (t.ledger, t.available)`;

const TRANSACTIONS = `
  select count(*) filter (where t.id is not null)::int as transactions, count(*)::int as kept
  from transactions r left join bench_transactions t
    on t.account_id = r.account_id and t.id = r.provider_transaction_id
    and (t.amount, t.currency, t.status, t.description, t.counterparty, t.trans_date, t.cleared_date, t.running_balance)
      is not distinct from
      (r.amount, r.currency, r.status, r.description, r.counterparty, r.transacted_at, r.booked_at, r.running_balance)
  where r.removed_at is null`;

/** Puts what the bank holds now beside the operator's tables, so that Postgres itself can compare them. */
export async function storeTruth(
  stack: BenchStack,
  accounts: readonly LinkedAccount[],
): Promise<BankTruth> {
  const pool = new Pool({ connectionString: stack.databaseUrl, max: 1 });
  await pool.query(TABLES);
  let wanted = 0;
  await eachAtOnce(accounts, 8, async ({ account, bankAccountId }) => {
    const truth = await stack.bank<Truth>('GET', `/accounts/${bankAccountId}/truth`);
    const { ledger, available } = truth.balance;
    await pool.query('insert into bench_balances values ($1, $2, $3)', [
      account.id,
      ledger,
      available,
    ]);
    const rows = truth.transactions.map((one) => ({ ...one, account_id: account.id }));
    await pool.query(
      `insert into bench_transactions
       select * from json_populate_recordset(null::bench_transactions, $1)`,
      [JSON.stringify(rows)],
    );
    wanted += rows.length;
  });
  await pool.query('analyze bench_balances, bench_transactions');

  const balancesThere = async (): Promise<number> => {
    const { rows } = await pool.query<{ balances: number }>(BALANCES);
    return rows[0]?.balances ?? 0;
  };
  const transactionsThere = async (): Promise<{ transactions: number; kept: number }> => {
    const { rows } = await pool.query<{ transactions: number; kept: number }>(TRANSACTIONS);
    return rows[0] ?? { transactions: 0, kept: 0 };
  };
  return {
    async isReached() {
      if ((await balancesThere()) < accounts.length) return false;
      const { transactions, kept } = await transactionsThere();
      return transactions === wanted && kept === wanted;
    },
    async progress() {
      const { transactions } = await transactionsThere();
      const balances = await balancesThere();
      return { balances, accounts: accounts.length, transactions, wanted };
    },
    close: () => pool.end(),
  };
}
