import type { Database } from '../../db/connect.ts';
import { stageTransactions } from '../../db/transactions/stage-transactions.ts';
import type { ProviderTransaction } from '../../providers/provider.ts';

/** What goes in one batch: many short rows, or few long ones. */
const MOST = { rows: 1_000, characters: 4_000_000 };

export interface BatchedStage {
  /** Takes rows in. Waits only where the batch before is still on its way. */
  add(transactions: readonly ProviderTransaction[]): Promise<void>;
  /** Resolves when all that was added is staged. */
  finish(): Promise<void>;
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
  let onItsWay = Promise.resolve();

  async function send(): Promise<void> {
    await onItsWay;
    onItsWay = stageTransactions(db, stage, batch);
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
    async finish() {
      await send();
      await onItsWay;
    },
    async settle() {
      await onItsWay.catch(() => undefined);
    },
  };
}
