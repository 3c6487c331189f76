import type { Database } from '../../db/connect.ts';
import { unstageTransactions } from '../../db/transactions/unstage-transactions.ts';
import { stageTransactions } from '../../db/transactions/stage-transactions.ts';
import type { ProviderTransaction } from '../../providers/provider.ts';

/** What goes in one batch: many short rows, or few long ones. */
const MOST = { rows: 1_000, characters: 4_000_000 };

export interface BatchedStage {
  /** Takes rows in. Waits only where the batch before is still on its way. */
  add(transactions: readonly ProviderTransaction[]): Promise<void>;
  /** Takes out again what was added of these ids. */
  takeOut(providerTransactionIds: readonly string[]): Promise<void>;
  /** Resolves when all that was added is staged, with how many rows that is. */
  finish(): Promise<number>;
  /** Resolves when nothing is on its way any more, staged or not. */
  settle(): Promise<void>;
}

/**
 * Stages a batch while the next one is being read, so that the bank, this process and the database
 * work at the same time. One after the other, so that the stage has the order of the pages; never
 * more than two batches, and a page, are in memory.
 */
export function stageInBatches(
  db: Database,
  stage: { readonly stageId: string; readonly accountId: string },
): BatchedStage {
  let batch: ProviderTransaction[] = [];
  let characters = 0;
  let staged = 0;
  let onItsWay = Promise.resolve();

  async function send(): Promise<void> {
    await onItsWay;
    const rows = lastWords(batch);
    staged += rows.length;
    onItsWay = stageTransactions(db, stage, rows);
    // Whoever awaits it later is told; until then nobody listens.
    onItsWay.catch(() => undefined);
    batch = [];
    characters = 0;
  }

  return {
    async add(transactions) {
      for (const transaction of transactions) {
        batch.push(transaction);
        characters += transaction.raw.length;
        if (batch.length >= MOST.rows || characters >= MOST.characters) await send();
      }
    },
    async takeOut(ids) {
      const gone = new Set(ids);
      batch = batch.filter(({ providerTransactionId }) => !gone.has(providerTransactionId));
      await onItsWay;
      if (staged > 0) staged -= await unstageTransactions(db, stage.stageId, ids);
    },
    async finish() {
      await send();
      await onItsWay;
      return staged;
    },
    async settle() {
      await onItsWay.catch(() => undefined);
    },
  };
}

/**
 * Of what comes without a version the last word on each id: in the stage what we hold already comes first.
 * Of versions all are staged: two that are equally new and differ are a contradiction of the provider's.
 */
function lastWords(batch: readonly ProviderTransaction[]): readonly ProviderTransaction[] {
  const last = new Map(batch.map((one) => [one.providerTransactionId, one]));
  if (last.size === batch.length) return batch;
  return batch.filter(
    (one) => one.providerUpdatedAt !== null || last.get(one.providerTransactionId) === one,
  );
}
