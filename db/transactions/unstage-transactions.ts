import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** Takes transactions out of a stage: a later page told that they are gone. Answers with how many rows. */
export async function unstageTransactions(
  db: Database,
  stageId: string,
  providerTransactionIds: readonly string[],
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('transaction_stage')
    .where('stage_id', '=', stageId)
    .where(sql<boolean>`provider_transaction_id = any(${[...providerTransactionIds]}::text[])`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
