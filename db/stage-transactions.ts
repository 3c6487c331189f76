import { sql } from 'kysely';
import type { ProviderTransaction } from '../providers/provider.ts';
import type { Database } from './connect.ts';

/** Rows in one statement: enough to be fast, few enough that a statement stays small. */
const ROWS_PER_STATEMENT = 2_000;

/**
 * Sets transactions of a sync that is still reading aside, in order. They are nobody's truth until
 * `commitTransactions` takes them.
 * @param stage names one attempt of one sync; a later attempt has another.
 */
export async function stageTransactions(
  db: Database,
  stage: { readonly stageId: string; readonly accountId: string },
  transactions: readonly ProviderTransaction[],
): Promise<void> {
  for (let start = 0; start < transactions.length; start += ROWS_PER_STATEMENT) {
    const rows = transactions.slice(start, start + ROWS_PER_STATEMENT).map(toRow);
    await sql`
      insert into transaction_stage (stage_id, account_id, provider_transaction_id, status, amount, currency, description,
        counterparty, category, transacted_at, booked_at, running_balance, pending_provider_transaction_id,
        provider_updated_at, value_date, raw)
      select ${stage.stageId}, ${stage.accountId}, provider_transaction_id, status, amount, currency, description,
        counterparty, category, transacted_at, booked_at, running_balance, pending_provider_transaction_id,
        provider_updated_at, value_date, raw::json
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as page(provider_transaction_id text, status text,
        amount numeric, currency text, description text, counterparty text, category text, transacted_at timestamptz,
        booked_at timestamptz, running_balance numeric, pending_provider_transaction_id text,
        provider_updated_at timestamptz, value_date date, raw text)`.execute(db);
  }
}

/** Throws away what the other attempts of this account's syncs, all abandoned, had set aside. */
export async function clearStages(db: Database, accountId: string): Promise<void> {
  await db.deleteFrom('transaction_stage').where('account_id', '=', accountId).execute();
}

function toRow(transaction: ProviderTransaction): Record<string, unknown> {
  return {
    provider_transaction_id: transaction.providerTransactionId,
    status: transaction.status,
    amount: transaction.amount,
    currency: transaction.currency,
    description: transaction.description,
    counterparty: transaction.counterparty,
    category: transaction.category,
    transacted_at: transaction.transactedAt,
    booked_at: transaction.bookedAt,
    running_balance: transaction.runningBalance,
    pending_provider_transaction_id: transaction.pendingProviderTransactionId,
    provider_updated_at: transaction.providerUpdatedAt,
    value_date: transaction.valueDate,
    raw: transaction.raw,
  };
}
